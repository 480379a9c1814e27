import { newId } from "@parley/runtime";
import { buildRawEvent, buildUser } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { ask, makeKey } from "../auth/api-key.fixture.ts";
import { openDesk, openDeskForEachTest, readAll, signedIn, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let admin: Client;
let adminId: string;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  adminId = (await buildUser(api.context, { tenantId: desk.tenant.id, role: "ADMIN" })).id;
  admin = desk.as({ userId: adminId });
});

interface Entry {
  id: string;
  tenantId?: string;
  action?: string;
  actorId?: string;
  subjectType?: string;
  subjectId?: string;
  createdAt?: Date;
  address?: string;
  after?: object;
}

/** Writes an entry as some verb would, and returns its id. */
async function addEntry(entry: Omit<Entry, "id"> = {}): Promise<string> {
  const id = newId();
  await api.context.database.withSystem((tx) =>
    tx.auditEntry.create({
      data: { id, tenantId: desk.tenant.id, actorType: "USER", action: "team.changed", subjectType: "team", ...entry },
    }),
  );
  return id;
}

const idsOf = async (path: string): Promise<string[]> =>
  (await admin.get(path)).body.data.map(({ id }: { id: string }) => id);

async function exported(query = ""): Promise<{ headers: object; lines: string[] }> {
  const headers = await api.bearer({ tenantId: desk.tenant.id, userId: adminId });
  const answer = await api.app.inject({ url: `/api/v1/audit-log/export${query}`, headers });
  expect(answer.statusCode).toBe(200);
  return { headers: answer.headers, lines: answer.body.split("\r\n").slice(0, -1) };
}

const CREDENTIALS = { accessToken: "canary-access-token", appSecret: "canary-app-secret" };

describe("the audit log", () => {
  test("says who changed what, from where, and what it was before", async () => {
    const created = await admin.post("/inboxes", {
      name: "Support",
      channel: "email",
      credentials: CREDENTIALS,
    });
    const { id } = created.body.data;
    const patched = await admin.patch(`/inboxes/${id}`, {
      name: "Renamed",
      status: "paused",
      credentials: { verifyToken: "canary-verify-token", appSecret: null },
    });
    await admin.delete(`/inboxes/${id}`);

    const { body } = await admin.get("/audit-log");
    expect(body.data).toMatchObject([
      { action: "inbox.deleted", subject: { type: "inbox", id }, before: { name: "Renamed" }, after: null },
      { action: "inbox.changed", subject: { type: "inbox", id } },
      {
        action: "inbox.created",
        subject: { type: "inbox", id },
        before: null,
        after: { name: "Support", channel: "email", hasCredentials: true, sealedFields: ["accessToken", "appSecret"] },
      },
    ]);
    expect(body.data[1]).toEqual({
      id: expect.any(String),
      actor: { type: "user", id: adminId },
      action: "inbox.changed",
      subject: { type: "inbox", id },
      before: { name: "Support", status: "active", pausedReason: null },
      after: {
        name: "Renamed",
        status: "paused",
        pausedReason: "paused by an administrator",
        sealedFields: ["appSecret", "verifyToken"],
      },
      address: "127.0.0.1",
      requestId: patched.headers["x-request-id"],
      createdAt: api.context.clock.now().toISOString(),
    });
    expect(JSON.stringify(body)).not.toContain("canary");
  });

  test("has no entry of what was refused", async () => {
    const answer = await admin.patch(`/inboxes/${newId()}`, { name: "Renamed" });
    expect(answer.status).toBe(404);
    expect((await admin.get("/audit-log")).body.data).toEqual([]);
  });

  test("begins with the company's owner, who registered it", async () => {
    const payload = {
      tenantName: "Acme",
      email: `owner-${newId()}@acme.example`,
      password: "0123456789",
      fullName: "Agent One",
    };
    const answer = await api.app.inject({ method: "POST", url: "/api/v1/auth/register", payload });
    const { user, tenant, accessToken } = answer.json<{
      data: { user: { id: string }; tenant: { id: string }; accessToken: string };
    }>().data;
    const headers = { authorization: `Bearer ${accessToken}` };
    const log = (await api.app.inject({ url: "/api/v1/audit-log", headers })).json<object>();
    expect(log).toMatchObject({
      data: [
        {
          actor: { type: "user", id: user.id },
          action: "tenant.created",
          subject: { type: "tenant", id: tenant.id },
          after: { name: "Acme" },
          requestId: answer.headers["x-request-id"],
        },
      ],
    });
  });

  test("has each replay of a raw event once, of its own company", async () => {
    const { id } = await buildRawEvent(api.context, { tenantId: desk.tenant.id });
    const once = { "idempotency-key": "replay-1" };
    await admin.post(`/raw-events/${id}/replay`, undefined, once);
    await admin.post(`/raw-events/${id}/replay`, undefined, once);
    const platform = await buildUser(api.context, { isSuperAdmin: true });
    await signedIn(api, { tenantId: null, userId: platform.id }).post(`/raw-events/${id}/replay`);
    const subject = { type: "raw_event", id };
    expect((await admin.get("/audit-log")).body.data).toMatchObject([
      { actor: { type: "user", id: platform.id }, action: "raw_event.replayed", subject },
      { actor: { type: "user", id: adminId }, action: "raw_event.replayed", subject },
    ]);
  });

  test("is only read, by whichever way", async () => {
    await addEntry();
    const ways = api.routes.filter(({ path }) => path.startsWith("/api/v1/audit-log"));
    expect(ways.map(({ method }) => method)).toEqual(["GET", "GET"]);
    const tenantId = desk.tenant.id;
    const { database } = api.context;
    const forge = { where: { tenantId }, data: { action: "nothing" } };
    const forget = { where: { tenantId } };
    const attempts = await Promise.allSettled([
      database.withTenant(tenantId, (tx) => tx.auditEntry.updateMany(forge)),
      database.withTenant(tenantId, (tx) => tx.auditEntry.deleteMany(forget)),
      database.withSystem((tx) => tx.auditEntry.updateMany(forge)),
      database.withSystem((tx) => tx.auditEntry.deleteMany(forget)),
    ]);
    const refused = { status: "rejected", reason: { message: expect.stringContaining("permission denied") } };
    expect(attempts).toMatchObject([refused, refused, refused, refused]);
  });

  test("is for administrators, and for keys with its scope", async () => {
    await addEntry();
    for (const path of ["/audit-log", "/audit-log/export"]) {
      expect((await desk.as({ role: "MANAGER" }).get(path)).status).toBe(403);
    }
    const { key } = await makeKey(api, { tenantId: desk.tenant.id, scopes: ["audit.read"] });
    expect((await ask(api, key, { path: "/audit-log?action=team.changed" })).body.data).toHaveLength(1);
  });
});

describe("GET /audit-log", () => {
  test("pages newest first", async () => {
    const ids: string[] = [];
    for (let entry = 0; entry < 5; entry += 1) ids.push(await addEntry());
    const read = await readAll(admin, "/audit-log?limit=2", () => addEntry());
    expect(read.map(({ id }) => id)).toEqual(ids.toReversed());
  });

  test("filters by action, actor, subject and time", async () => {
    const [actorId, subjectId] = [newId(), newId()];
    const byAction = await addEntry({ action: "tenant.changed" });
    const byActor = await addEntry({ actorId });
    const bySubject = await addEntry({ subjectType: "member", subjectId });
    const early = await addEntry({ createdAt: new Date("2026-01-31T08:00:00Z") });
    const late = await addEntry({ createdAt: new Date("2026-01-31T09:00:00Z") });
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
      JSON.stringify([await addEntry({ tenantId: other.tenant.id, actorId, subjectId: "x" })]),
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

describe("GET /audit-log/export", () => {
  test("is a CSV file with a header line, times as ISO has them and changes as JSON", async () => {
    const id = await addEntry({
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
    await addEntry({ subjectId: '=HYPERLINK("https://evil.example","x")', address: "@SUM(1)" });
    const { lines } = await exported("?action=team.changed");
    expect(lines[1]).toContain(`,"'=HYPERLINK(""https://evil.example"",""x"")",`);
    expect(lines[1]).toContain(",'@SUM(1),");
  });

  test("goes by the filters of the list, and stays in the company", async () => {
    const mine = await addEntry({ subjectType: "member" });
    await addEntry({ tenantId: (await openDesk(api)).tenant.id, subjectType: "member" });
    const { lines } = await exported("?subjectType=member");
    expect(lines.slice(1).map((line) => line.slice(0, 36))).toEqual([mine]);
  });

  test.each(["limit=10", "cursor=x", "since=yesterday", "format=xml"])("refuses ?%s", async (query) => {
    expect((await admin.get(`/audit-log/export?${query}`)).status).toBe(400);
    expect((await admin.get("/audit-log")).body.data).toEqual([]);
  });
});
