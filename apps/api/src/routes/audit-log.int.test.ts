import { newId } from "@parley/runtime";
import { buildRawEvent, buildUser } from "@parley/testing";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { ask, makeKey } from "../auth/api-key.fixture.ts";
import { addEntry } from "./audit.fixture.ts";
import { openDeskWithAdminForEachTest, signedIn, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let admin: Client;
let adminId: string;

openDeskWithAdminForEachTest((opened) => ({ api, desk, admin, adminId } = opened));

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

  test("has no entry of a change that changes nothing", async () => {
    const { body: team } = await admin.post("/teams", { name: "Sales" });
    const { body: inbox } = await admin.post("/inboxes", { name: "Support", channel: "email" });
    const same = [
      await admin.patch(`/teams/${team.data.id}`, { name: "Sales" }),
      await admin.patch(`/inboxes/${inbox.data.id}`, { name: "Support", status: "active" }),
    ];
    expect(same.map(({ status }) => status)).toEqual([200, 200]);
    const { body } = await admin.get("/audit-log");
    const actions = body.data.map(({ action }: { action: string }) => action);
    expect(actions).toEqual(["inbox.created", "team.created"]);
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
    await addEntry(api, desk);
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
    await addEntry(api, desk);
    for (const path of ["/audit-log", "/audit-log/export"]) {
      expect((await desk.as({ role: "MANAGER" }).get(path)).status).toBe(403);
    }
    const { key } = await makeKey(api, { tenantId: desk.tenant.id, scopes: ["audit.read"] });
    expect((await ask(api, key, { path: "/audit-log?action=team.changed" })).body.data).toHaveLength(1);
  });
});
