import { newId } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { addEntry } from "./audit.fixture.ts";
import { openDesk, openDeskWithAdminForEachTest, readAll, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let admin: Client;
let adminId: string;

openDeskWithAdminForEachTest((opened) => ({ api, desk, admin, adminId } = opened));

const idsOf = async (path: string): Promise<string[]> =>
  (await admin.get(path)).body.data.map(({ id }: { id: string }) => id);

describe("GET /audit-log", () => {
  test("pages newest first", async () => {
    const ids: string[] = [];
    for (let entry = 0; entry < 5; entry += 1) ids.push(await addEntry(api, desk));
    const read = await readAll(admin, "/audit-log?limit=2", () => addEntry(api, desk));
    expect(read.map(({ id }) => id)).toEqual(ids.toReversed());
  });

  test("filters by action, actor, subject and time", async () => {
    const [actorId, subjectId] = [newId(), newId()];
    const byAction = await addEntry(api, desk, { action: "tenant.changed" });
    const byActor = await addEntry(api, desk, { actorId });
    const bySubject = await addEntry(api, desk, { subjectType: "member", subjectId });
    const early = await addEntry(api, desk, { createdAt: new Date("2026-01-31T08:00:00Z") });
    const late = await addEntry(api, desk, { createdAt: new Date("2026-01-31T09:00:00Z") });
    expect(await idsOf("/audit-log?action=tenant.changed")).toEqual([byAction]);
    expect(await idsOf(`/audit-log?actorId=${actorId}`)).toEqual([byActor]);
    expect(await idsOf("/audit-log?subjectType=member")).toEqual([bySubject]);
    expect(await idsOf(`/audit-log?subjectType=member&subjectId=${subjectId}`)).toEqual([bySubject]);
    expect(await idsOf(`/audit-log?subjectType=team&subjectId=${subjectId}`)).toEqual([]);
    const hour = "since=2026-01-31T08:00:00Z&until=2026-01-31T09:00:00Z";
    expect(await idsOf(`/audit-log?${hour}`)).toEqual([early]);
    expect(await idsOf("/audit-log?until=2026-02-01T00:00:00Z")).toEqual([late, early]);
  });

  test("never shows another company's", async () => {
    const other = await openDesk(api);
    const actorId = newId();
    const cursor = Buffer.from(
      JSON.stringify([await addEntry(api, desk, { tenantId: other.tenant.id, actorId, subjectId: "x" })]),
    ).toString("base64url");
    for (const query of [`actorId=${actorId}`, "subjectId=x", `cursor=${cursor}`]) {
      expect(await idsOf(`/audit-log?${query}`)).toEqual([]);
    }
  });

  test.each([
    ["actorId=me", "actorId"],
    ["since=yesterday", "since"],
    ["until=1", "until"],
    ["action=", "action"],
    ["tenantId=x", "tenantId"],
    ["limit=201", "limit"],
    ["cursor=x", "cursor"],
  ])("refuses ?%s", async (query, path) => {
    expect(await admin.get(`/audit-log?${query}`)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });
});

async function exported(query = ""): Promise<{ headers: object; lines: string[] }> {
  const headers = await api.bearer({ tenantId: desk.tenant.id, userId: adminId });
  const answer = await api.app.inject({ url: `/api/v1/audit-log/export${query}`, headers });
  expect(answer.statusCode).toBe(200);
  return { headers: answer.headers, lines: answer.body.split("\r\n").slice(0, -1) };
}

describe("GET /audit-log/export", () => {
  test("is a CSV file with a header line, times as ISO has them and changes as JSON", async () => {
    const id = await addEntry(api, desk, {
      actorId: adminId,
      subjectId: "7",
      createdAt: new Date("2026-01-31T08:00:00.000Z"),
      address: "192.0.2.1",
      after: { name: "Night shift" },
    });
    const { headers, lines } = await exported("?action=team.changed");
    expect(headers).toMatchObject({
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="audit-log.csv"',
    });
    expect(lines).toEqual([
      "id,createdAt,actorType,actorId,action,subjectType,subjectId,before,after,address,requestId",
      `${id},2026-01-31T08:00:00.000Z,user,${adminId},team.changed,team,7,,"{""name"":""Night shift""}",192.0.2.1,`,
    ]);
  });

  test("is written into the log, with its filters", async () => {
    await exported("?action=team.changed&since=2026-01-31T08:00:00Z");
    expect((await admin.get("/audit-log")).body.data).toMatchObject([
      {
        actor: { type: "user", id: adminId },
        action: "audit_log.exported",
        subject: { type: "audit_log", id: null },
        after: { action: "team.changed", since: "2026-01-31T08:00:00.000Z" },
      },
    ]);
  });

  test("holds what a spreadsheet would calculate as text", async () => {
    await addEntry(api, desk, { subjectId: '=HYPERLINK("https://evil.example","x")', address: "@SUM(1)" });
    const { lines } = await exported("?action=team.changed");
    expect(lines[1]).toContain(`,"'=HYPERLINK(""https://evil.example"",""x"")",`);
    expect(lines[1]).toContain(",'@SUM(1),");
  });

  test("goes by the filters of the list, and stays in the company", async () => {
    const mine = await addEntry(api, desk, { subjectType: "member" });
    await addEntry(api, desk, { tenantId: (await openDesk(api)).tenant.id, subjectType: "member" });
    const { lines } = await exported("?subjectType=member");
    expect(lines.slice(1).map((line) => line.slice(0, 36))).toEqual([mine]);
  });

  test.each(["limit=10", "cursor=x", "since=yesterday", "format=xml"])("refuses ?%s", async (query) => {
    expect((await admin.get(`/audit-log/export?${query}`)).status).toBe(400);
    expect((await admin.get("/audit-log")).body.data).toEqual([]);
  });
});
