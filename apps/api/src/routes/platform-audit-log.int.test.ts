import { newId } from "@parley/runtime";
import { buildRawEvent, buildUser, runAsOwner, TEST_PASSWORD } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../api.fixture.ts";
import { readAll, signedIn, type Client } from "./desk.fixture.ts";

let api: TestApi;
let admin: { id: string; email: string };
let platform: Client;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  admin = await buildUser(api.context, { isSuperAdmin: true });
  platform = signedIn(api, { tenantId: null, userId: admin.id, isSuperAdmin: true });
});

/** What the administrator of this test has done, oldest first. */
async function entries(): Promise<Record<string, unknown>[]> {
  const { body } = await platform.get(`/platform-audit-log?actorId=${admin.id}`);
  return body.data.toReversed();
}

async function signInToBoard(): Promise<{ cookie: string }> {
  const payload = { email: admin.email, password: TEST_PASSWORD };
  const [cookie] = (await api.app.inject({ method: "POST", url: "/admin/login", payload })).cookies;
  return { cookie: `${cookie?.name}=${encodeURIComponent(cookie?.value ?? "")}` };
}

describe("the platform's audit log has", () => {
  test("who signed in to the dashboard of queues, and what they did there, but not what they looked at", async () => {
    const headers = await signInToBoard();
    const ask = (method: "GET" | "PUT", path: string) =>
      api.app.inject({ method, url: `/admin/queues/api${path}`, headers });
    expect((await ask("GET", "/queues")).statusCode).toBe(200);
    for (const path of ["/queues/ingest/pause?x=1", "/queues/ingest/resume", "/queues/pause", "/queues/resume"]) {
      expect([path, (await ask("PUT", path)).statusCode]).toEqual([path, 200]);
    }
    // Of a job that is not there: that it was tried is written down as well.
    expect((await ask("PUT", "/queues/mail/42/clean")).statusCode).toBe(404);

    const used = { action: "queue_board.used", before: null, actor: { type: "user", id: admin.id } };
    const ofQueue = (id: string | null, request: string) => ({
      ...used,
      subject: { type: "queue", id },
      after: { request },
    });
    expect(await entries()).toMatchObject([
      { action: "queue_board.signed_in", subject: { type: "session" }, address: "127.0.0.1" },
      ofQueue("ingest", "PUT /api/queues/ingest/pause"),
      ofQueue("ingest", "PUT /api/queues/ingest/resume"),
      ofQueue(null, "PUT /api/queues/pause"),
      ofQueue(null, "PUT /api/queues/resume"),
      ofQueue("mail", "PUT /api/queues/mail/42/clean"),
    ]);
  });

  test("nothing of whoever did not get in", async () => {
    const payload = { email: admin.email, password: "not the password" };
    await api.app.inject({ method: "POST", url: "/admin/login", payload });
    await api.app.inject({ method: "PUT", url: "/admin/queues/api/queues/ingest/pause" });
    expect(await entries()).toEqual([]);
  });

  test("replays of raw events that belong to no company", async () => {
    const { id } = await buildRawEvent(api.context, { tenantId: null });
    expect((await platform.post(`/raw-events/${id}/replay`)).status).toBe(200);
    expect(await entries()).toMatchObject([{ action: "raw_event.replayed", subject: { type: "raw_event", id } }]);
  });

  test("a password that an administrator of the platform changes", async () => {
    const passwords = { currentPassword: TEST_PASSWORD, newPassword: "another correct horse" };
    expect((await platform.post("/auth/change-password", passwords)).status).toBeLessThan(300);
    platform = signedIn(api, { tenantId: null, userId: admin.id, isSuperAdmin: true });
    const [entry, ...others] = await entries();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ action: "password.changed", subject: { type: "user", id: admin.id }, after: null });
    expect(JSON.stringify(entry)).not.toContain("correct horse");
  });
});

test("it is read by the platform's administrators, page by page, newest first", async () => {
  for (let time = 0; time < 5; time += 1) await signInToBoard();
  const read = await readAll(platform, `/platform-audit-log?limit=2&actorId=${admin.id}`);
  const ids = read.map(({ id }) => id);
  expect(ids).toHaveLength(5);
  expect(ids).toEqual(ids.toSorted().toReversed());
  expect((await platform.get(`/platform-audit-log?actorId=${newId()}`)).body.data).toEqual([]);
});

test("nobody changes an entry, or takes one away", async () => {
  await signInToBoard();
  const where = { actorId: admin.id };
  const { database } = api.context;
  const change = database.withSystem((tx) => tx.platformAuditEntry.updateMany({ where, data: { action: "x" } }));
  await expect(change).rejects.toThrow(/permission denied/);
  const remove = database.withSystem((tx) => tx.platformAuditEntry.deleteMany({ where }));
  await expect(remove).rejects.toThrow(/permission denied/);
  const read = database.withTenant(newId(), (tx) => tx.platformAuditEntry.findMany());
  await expect(read).rejects.toThrow(/permission denied/);
});

const rename = (from: string, to: string) => runAsOwner(api.context.urls, `alter table ${from} rename to ${to}`);

test("what cannot be written down is not done to a queue", async () => {
  const headers = await signInToBoard();
  await rename("platform_audit_log", "platform_audit_log_away");
  try {
    const answer = await api.app.inject({ method: "PUT", url: "/admin/queues/api/queues/mail/pause", headers });
    expect(answer.json()).toMatchObject({ status: 503, code: "unavailable" });
    const paused = await Promise.all(api.context.publisher.queues().map((queue) => queue.isPaused()));
    expect(paused).not.toContain(true);
  } finally {
    await rename("platform_audit_log_away", "platform_audit_log");
  }
});
