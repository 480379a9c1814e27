import { expect, test } from "vitest";
import { exportReport } from "./export-report.ts";
import { reportBacklog } from "./report-backlog.ts";
import { openReportDeskForEachTest, type ReportDesk } from "./report-desk.fixture.ts";
import { reportLoad } from "./report-load.ts";
import { reportMessages } from "./report-messages.ts";
import { reportResponses } from "./report-responses.ts";
import { reportSatisfaction } from "./report-satisfaction.ts";
import { reportTickets } from "./report-tickets.ts";
import { TICKET_GROUPS, type ExportReportQuery } from "./schemas.ts";

let desk: ReportDesk;
openReportDeskForEachTest((opened) => (desk = opened));

const HOUR_MS = 3_600_000;

test("a ticket's answers, end and score are told by agent, team, inbox, channel and tag", async () => {
  const { ctx, agentId, conversation } = desk;
  const ticketId = await desk.openTicket(["vip", "returns"]);
  ctx.clock.advance(HOUR_MS);
  await desk.message({ direction: "OUTBOUND", ticketId });
  ctx.clock.advance(HOUR_MS);
  const about = { ticketId, actorType: "SYSTEM" as const };
  await desk.tell({ ...about, type: "STATUS_CHANGED", data: { from: "open", to: "resolved" } });
  await desk.tell({ ...about, type: "SURVEY_ASKED" }, { ...about, type: "SURVEY_ANSWERED", data: { score: 4 } });
  await desk.follow();
  const groups = {
    all: [null],
    agent: [agentId],
    team: [null],
    inbox: [conversation.inboxId],
    channel: ["whatsapp"],
    tag: ["returns", "vip"],
  };
  for (const by of TICKET_GROUPS) {
    const ids: (string | null)[] = groups[by];
    const tickets = await reportTickets(desk.manager, { by });
    const responses = await reportResponses(desk.manager, { by });
    const satisfaction = await reportSatisfaction(desk.manager, { by });
    const backlog = await reportBacklog(desk.manager, { by });
    expect(tickets.groups).toMatchObject(
      ids.map((id) => ({
        id,
        opened: 1,
        resolved: 1,
        reopened: 0,
        reopenRate: 0,
        resolution: { count: 1, medianSeconds: 7_200, p90Seconds: 7_200 },
      })),
    );
    expect(responses.groups).toMatchObject(
      ids.map((id) => ({ id, firstResponse: { count: 1, medianSeconds: 3_600 }, nextResponse: { count: 0 } })),
    );
    expect(satisfaction.groups).toMatchObject(
      ids.map((id) => ({ id, asked: 1, answered: 1, average: 4, satisfiedShare: 1 })),
    );
    expect(backlog.groups.map(({ id, days }) => [id, days.length, days.at(-1)?.unfinished])).toEqual(
      ids.map((id) => [id, 30, 0]),
    );
  }
});

test("messages are of the member who wrote them, and hours are by the clock on the wall", async () => {
  const { ctx, agentId } = desk;
  await desk.setZone("Asia/Kolkata");
  await desk.message();
  await desk.become(await desk.message({ direction: "OUTBOUND" }), { status: "READ", sentAt: ctx.clock.now() });
  await desk.openTicket();
  await desk.follow();
  const { groups } = await reportMessages(desk.manager, { by: "agent" });
  expect(groups).toMatchObject([
    { id: agentId, received: 0, sent: 1, delivered: 1, deliveryRate: 1 },
    { id: null, received: 1, sent: 0, deliveryRate: null },
  ]);
  const { hours } = await reportLoad(desk.manager, {});
  expect(hours).toHaveLength(7 * 24);
  expect(hours.filter(({ received, sent, opened }) => received + sent + opened > 0)).toEqual([
    { weekday: "monday", hour: 13, received: 1, sent: 1, opened: 1 },
  ]);
});

test("each report is a CSV, and that it was exported is in the audit log", async () => {
  await desk.message();
  await desk.openTicket(["vip"]);
  await desk.follow();
  const span = { from: "2026-03-02", to: "2026-03-02" };
  const csv = async (report: ExportReportQuery["report"], by: "all" | "tag" = "all") => {
    let text = "";
    for await (const piece of await exportReport(desk.manager, { ...span, report, by })) text += piece;
    return text;
  };
  expect(await csv("daily")).toBe("date,sent,received\r\n2026-03-02,0,1\r\n");
  expect(await csv("backlog", "tag")).toBe("id,name,date,unfinished\r\nvip,vip,2026-03-02,1\r\n");
  expect(await csv("tickets", "tag")).toContain("\r\nvip,vip,1,0,0,,,\r\n");
  for (const report of ["messages", "responses", "load", "satisfaction"] as const) {
    expect((await csv(report)).split("\r\n")[0]).toMatch(/^(id,name|weekday,hour),/);
  }
  await expect(csv("messages", "tag")).rejects.toThrow("Choose another group.");
  const exported = await desk.ctx.database.withSystem((tx) =>
    tx.auditEntry.count({ where: { tenantId: desk.tenantId, action: "report.exported" } }),
  );
  expect(exported).toBe(7);
});

test("a report has a year of days at most, and its last day does not come before its first", async () => {
  for (const span of [
    { from: "2026-03-02", to: "2026-03-01" },
    { from: "2024-01-01", to: "2026-01-01" },
  ]) {
    await expect(reportTickets(desk.manager, { ...span, by: "all" })).rejects.toThrow("Choose other days.");
  }
});
