import { adoptTimeZones } from "@parley/core/analytics";
import { describe, expect, test } from "vitest";
import { readAudit } from "./audit.fixture.ts";
import { openReportStageForEachTest, type ReportStage } from "./report-stage.fixture.ts";

let stage: ReportStage;
openReportStageForEachTest((opened) => (stage = opened));

/** The two days around which clocks are put forward. */
const SPAN = "from=2026-03-28&to=2026-03-29";

const read = async (path: string) => {
  const { status, body } = await stage.manager.get(`/analytics/${path}`);
  if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
  return body.data;
};

describe("GET /analytics/overview", () => {
  test("has what came in and went out, by the company's days", async () => {
    await stage.work();
    expect(await read("overview?days=3")).toEqual({
      overview: {
        totalMessages: 4,
        totalConversations: 0,
        deliveryRate: 0.5,
        sentToday: 0,
        sentThisWeek: 1,
        sentThisMonth: 1,
      },
      messagesByStatus: {
        received: 2,
        scheduled: 0,
        queued: 0,
        unknown: 0,
        sent: 0,
        failed: 1,
        cancelled: 0,
        delivered: 0,
        read: 1,
        played: 0,
      },
      dailyActivity: [
        { date: "2026-03-27", sent: 0, received: 0 },
        { date: "2026-03-28", sent: 1, received: 0 },
        { date: "2026-03-29", sent: 0, received: 2 },
      ],
      timeZone: "Europe/Paris",
    });
    expect((await read("overview")).dailyActivity).toHaveLength(30);
    // Monday is another week, and the first another month.
    stage.api.context.clock.set(new Date("2026-03-30T08:00:00Z"));
    expect((await read("overview?days=1")).overview).toMatchObject({ sentThisWeek: 0, sentThisMonth: 1 });
    stage.api.context.clock.set(new Date("2026-04-01T08:00:00Z"));
    expect((await read("overview?days=366")).overview).toMatchObject({ totalMessages: 4, sentThisMonth: 0 });
  });

  test("counts the conversations that begin", async () => {
    const { inboxId } = stage.conversation;
    const opened = await stage.desk.client.post("/conversations", { inboxId, to: "+33612345678" });
    expect(opened.status).toBe(201);
    await stage.count();
    expect((await read("overview")).overview).toMatchObject({ totalConversations: 1, deliveryRate: null });
  });

  test("is in the time zone that the company moves to once all days are cut by it", async () => {
    await stage.work();
    await stage.desk.admin.patch("/settings", { timeZone: "America/Lima" });
    expect((await read("overview?days=3")).timeZone).toBe("Europe/Paris");
    await adoptTimeZones(stage.api.context);
    const { timeZone, dailyActivity } = await read("overview?days=2");
    expect([timeZone, dailyActivity]).toEqual([
      "America/Lima",
      [
        { date: "2026-03-27", sent: 0, received: 0 },
        { date: "2026-03-28", sent: 1, received: 2 },
      ],
    ]);
  });
});

describe("reports in groups", () => {
  test("tell of messages, tickets, responses, the backlog, hours and satisfaction", async () => {
    await stage.work();
    const head = { from: "2026-03-28", to: "2026-03-29", timeZone: "Europe/Paris" };
    const all = { id: null, name: null };
    expect(await read(`messages?${SPAN}`)).toEqual({
      ...head,
      groups: [{ ...all, received: 2, sent: 1, delivered: 1, failed: 1, deliveryRate: 0.5 }],
    });
    const five = { count: 1, medianSeconds: 5 * 3_600, p90Seconds: 5 * 3_600 };
    expect(await read(`tickets?${SPAN}`)).toEqual({
      ...head,
      groups: [{ ...all, opened: 2, resolved: 1, reopened: 0, reopenRate: 0, resolution: five }],
    });
    const hour = { count: 1, medianSeconds: 3_600, p90Seconds: 3_600 };
    const two = { count: 1, medianSeconds: 7_200, p90Seconds: 7_200 };
    expect(await read(`responses?${SPAN}`)).toEqual({
      ...head,
      groups: [{ ...all, firstResponse: hour, nextResponse: two }],
    });
    expect(await read(`backlog?${SPAN}`)).toEqual({
      ...head,
      groups: [
        {
          ...all,
          days: [
            { date: "2026-03-28", unfinished: 2 },
            { date: "2026-03-29", unfinished: 1 },
          ],
        },
      ],
    });
    const load = await read(`load?${SPAN}`);
    expect({ ...load, groups: [] }).toEqual({ ...head, groups: [] });
    expect(load.groups[0].hours).toHaveLength(168);
    // Two hours after 22:00 it is midnight. The hour from 2 to 3 was not.
    const busy = load.groups[0].hours.filter(
      (each: Record<string, number>) => each.received || each.sent || each.opened,
    );
    expect(busy).toEqual([
      { weekday: "saturday", hour: 22, received: 0, sent: 0, opened: 2 },
      { weekday: "saturday", hour: 23, received: 0, sent: 1, opened: 0 },
      { weekday: "sunday", hour: 0, received: 2, sent: 0, opened: 0 },
    ]);
    expect(await read(`satisfaction?${SPAN}`)).toEqual({
      ...head,
      groups: [
        {
          ...all,
          asked: 1,
          answered: 1,
          average: 5,
          satisfiedShare: 1,
          distribution: { "1": 0, "2": 0, "3": 0, "4": 0, "5": 1 },
        },
      ],
    });
  });

  test("are by agent, team, inbox, channel and tag, with their names", async () => {
    const { team } = await stage.work();
    const { desk, conversation } = stage;
    const named = {
      agent: [desk.agent.id, desk.agent.fullName],
      team: [team, "Returns"],
      inbox: [conversation.inboxId, expect.any(String)],
      channel: ["whatsapp", "whatsapp"],
      tag: ["vip", "vip"],
    } as const;
    for (const [by, [id, name]] of Object.entries(named)) {
      const groupOf = async (report: string) =>
        (await read(`${report}?${SPAN}&by=${by}`)).groups.find((group: { id: string | null }) => group.id === id);
      expect(await groupOf("messages")).toMatchObject({ id, name, sent: 1, failed: 1 });
      expect(await groupOf("tickets")).toMatchObject({ id, name, resolved: 1 });
      expect(await groupOf("responses")).toMatchObject({ id, name, firstResponse: { count: 1 } });
      expect(await groupOf("satisfaction")).toMatchObject({ id, name, answered: 1, average: 5 });
      expect((await groupOf("backlog")).days).toHaveLength(2);
      expect((await groupOf("load")).hours).toHaveLength(168);
    }
  });
});

describe("GET /analytics/export", () => {
  test("has each report as CSV, in which nothing is a formula, and is in the audit log", async () => {
    await stage.work();
    const csv = async (query: string): Promise<string[]> => {
      const { api, desk } = stage;
      const headers = await api.bearer({ tenantId: desk.tenant.id, role: "MANAGER" });
      const answer = await api.app.inject({ url: `/api/v1/analytics/export?${SPAN}&${query}`, headers });
      expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, "text/csv; charset=utf-8"]);
      expect(answer.headers["content-disposition"]).toMatch(/^attachment; filename="[a-z]+\.csv"$/);
      return answer.body.split("\r\n").slice(0, -1);
    };
    expect(await csv("")).toEqual(["date,sent,received", "2026-03-28,1,0", "2026-03-29,0,2"]);
    expect(await csv("report=statuses")).toContain("read,1");
    expect(await csv("report=messages")).toEqual([
      "id,name,received,sent,delivered,failed,deliveryRate",
      ",,2,1,1,1,0.5",
    ]);
    expect(await csv("report=tickets&by=tag")).toEqual([
      "id,name,opened,resolved,reopened,reopenRate,resolutionMedianSeconds,resolutionP90Seconds",
      "'=cmd(),'=cmd(),1,0,0,,,",
      "vip,vip,1,1,0,0,18000,18000",
    ]);
    expect((await csv("report=responses"))[1]).toBe(",,1,3600,3600,1,7200,7200");
    expect((await csv("report=satisfaction"))[1]).toBe(",,1,1,5,1,0,0,0,0,1");
    expect(await csv("report=backlog&by=channel")).toEqual([
      "id,name,date,unfinished",
      "whatsapp,whatsapp,2026-03-28,2",
      "whatsapp,whatsapp,2026-03-29,1",
    ]);
    const load = await csv("report=load&by=channel");
    expect([load.length, load[0]]).toEqual([169, "id,name,weekday,hour,received,sent,opened"]);
    expect(load).toContain("whatsapp,whatsapp,saturday,22,0,0,2");
    const entries = await readAudit(stage.api, { tenantId: stage.desk.tenant.id, action: "report.exported" });
    expect(entries.map(({ after }) => after)).toContainEqual(
      expect.objectContaining({ report: "tickets", by: "tag", from: "2026-03-28" }),
    );
  });
});
