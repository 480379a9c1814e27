import { newId } from "@parley/runtime";
import { expect, test } from "vitest";
import { exportReport } from "./export-report.ts";
import { reportBacklog } from "./report-backlog.ts";
import { openReportDeskForEachTest, type ReportDesk } from "./report-desk.fixture.ts";
import { reportLoad } from "./report-load.ts";
import { reportMessages } from "./report-messages.ts";
import { reportResponses } from "./report-responses.ts";
import { reportSatisfaction } from "./report-satisfaction.ts";
import { reportTickets } from "./report-tickets.ts";
import { GROUPS, type ExportReportQuery, type GroupBy } from "./schemas.ts";

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
  for (const by of GROUPS) {
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
  const { groups: together } = await reportLoad(desk.manager, { by: "all" });
  expect(together).toMatchObject([{ id: null, name: null }]);
  expect(together[0]?.hours).toHaveLength(7 * 24);
  expect(together[0]?.hours.filter(({ received, sent, opened }) => received + sent + opened > 0)).toEqual([
    { weekday: "monday", hour: 13, received: 1, sent: 1, opened: 1 },
  ]);
});

test("messages and hours are told by agent, team, inbox, channel and tag", async () => {
  const { ctx, agentId, conversation } = desk;
  const teamId = newId();
  const ticketId = await desk.openTicket(["vip", "returns"]);
  await ctx.database.withSystem(async (tx) => {
    await tx.team.create({ data: { tenantId: desk.tenantId, id: teamId, name: "Returns" } });
    await tx.ticket.updateMany({ where: { id: ticketId }, data: { teamId } });
  });
  await desk.message({ ticketId });
  await desk.message();
  ctx.clock.advance(HOUR_MS);
  const sent = { status: "SENT", sentAt: ctx.clock.now() } as const;
  await desk.become(await desk.message({ ticketId, direction: "OUTBOUND" }), sent);
  await desk.follow();
  // id, received, sent, and tickets that began. A ticket's team is the one that it was given to when it began: none.
  const expected: Record<GroupBy, [string | null, number, number, number][]> = {
    all: [[null, 2, 1, 1]],
    agent: [
      [agentId, 0, 1, 1],
      [null, 2, 0, 0],
    ],
    team: [
      [teamId, 1, 1, 0],
      [null, 1, 0, 1],
    ],
    inbox: [[conversation.inboxId, 2, 1, 1]],
    channel: [["whatsapp", 2, 1, 1]],
    tag: [
      ["returns", 1, 1, 1],
      ["vip", 1, 1, 1],
    ],
  };
  for (const by of GROUPS) {
    const { groups: messages } = await reportMessages(desk.manager, { by });
    expect(messages.map(({ id, received, sent: left }) => [id, received, left])).toEqual(
      expected[by].map(([id, received, left]) => [id, received, left]),
    );
    const { groups: load } = await reportLoad(desk.manager, { by });
    expect(load.map(({ id, hours }) => [id, ...sumsOf(hours)])).toEqual(expected[by]);
    expect(new Set(load.flatMap(({ hours }) => hours.filter((each) => each.sent > 0)).map(({ hour }) => hour))).toEqual(
      new Set([9]),
    );
  }
});

function sumsOf(hours: readonly { received: number; sent: number; opened: number }[]): number[] {
  return hours.reduce<number[]>(
    ([received = 0, sent = 0, opened = 0], hour) => [received + hour.received, sent + hour.sent, opened + hour.opened],
    [0, 0, 0],
  );
}

test("everything together is a group, also of a company in which nothing has happened", async () => {
  const query = { from: "2026-03-02", to: "2026-03-02", by: "all" } as const;
  const none = { count: 0, medianSeconds: null, p90Seconds: null };
  const all = { id: null, name: null };
  expect((await reportMessages(desk.manager, query)).groups).toEqual([
    { ...all, received: 0, sent: 0, delivered: 0, failed: 0, deliveryRate: null },
  ]);
  expect((await reportTickets(desk.manager, query)).groups).toEqual([
    { ...all, opened: 0, resolved: 0, reopened: 0, reopenRate: null, resolution: none },
  ]);
  expect((await reportResponses(desk.manager, query)).groups).toEqual([
    { ...all, firstResponse: none, nextResponse: none },
  ]);
  expect((await reportBacklog(desk.manager, query)).groups).toEqual([
    { ...all, days: [{ date: "2026-03-02", unfinished: 0 }] },
  ]);
  expect((await reportSatisfaction(desk.manager, query)).groups).toMatchObject([
    { ...all, asked: 0, answered: 0, average: null },
  ]);
  expect((await reportLoad(desk.manager, query)).groups).toMatchObject([all]);
  expect((await reportTickets(desk.manager, { ...query, by: "agent" })).groups).toEqual([]);
});

test("a day begins where it does, also where clocks are put back to its midnight", async () => {
  const { clock } = desk.ctx;
  // On the Azores 2026-10-25 has two hours that are called 0, the first of them from midnight on.
  await desk.setZone("Atlantic/Azores");
  let first: string | undefined;
  for (const at of ["2026-10-24T23:59:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:30:00Z", "2026-10-26T00:59:00Z"]) {
    clock.set(new Date(at));
    await desk.message();
    first = await desk.openTicket([], first);
  }
  await desk.follow();
  const day = { from: "2026-10-25", to: "2026-10-25", by: "all" } as const;
  const [messages, tickets] = [await reportMessages(desk.manager, day), await reportTickets(desk.manager, day)];
  expect([messages.groups[0]?.received, tickets.groups[0]?.opened]).toEqual([3, 3]);
  const { groups: before } = await reportTickets(desk.manager, { ...day, from: "2026-10-24", to: "2026-10-24" });
  expect(before[0]?.opened).toBe(1);
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
  expect(await csv("statuses")).toMatch(/^status,messages\r\nreceived,1\r\nscheduled,0\r\n/);
  for (const report of ["messages", "responses", "load", "satisfaction"] as const) {
    expect((await csv(report)).split("\r\n")[0]).toMatch(/^id,name,/);
  }
  await expect(csv("daily", "tag")).rejects.toThrow("Choose another group.");
  await expect(csv("statuses", "tag")).rejects.toThrow("Choose another group.");
  const exported = await desk.ctx.database.withSystem((tx) =>
    tx.auditEntry.count({ where: { tenantId: desk.tenantId, action: "report.exported" } }),
  );
  expect(exported).toBe(8);
});

test("a report has a year of days at most, and its last day does not come before its first", async () => {
  for (const span of [
    { from: "2026-03-02", to: "2026-03-01" },
    { from: "2024-01-01", to: "2026-01-01" },
  ]) {
    await expect(reportTickets(desk.manager, { ...span, by: "all" })).rejects.toThrow("Choose other days.");
  }
});
