import { createIdentification } from "@parley/core/auth";
import { newId } from "@parley/runtime";
import { buildInbox, buildSession, buildUser } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, type Desk } from "../routes/desk.fixture.ts";
import { ask, KEY_SCOPES, makeKey } from "./api-key.fixture.ts";

let api: TestApi;
let desk: Desk;

openDeskForEachTest((opened) => ({ api, desk } = opened));

const tickets = { path: "/tickets" };

describe("an API key", () => {
  test("is let in to its company, and to no other", async () => {
    const { key } = await makeKey(api, { tenantId: desk.tenant.id });
    const foreign = await buildInbox(api.context, { tenantId: (await openDesk(api)).tenant.id });
    const own = await buildInbox(api.context, { tenantId: desk.tenant.id });
    const listed = await ask(api, key, { path: "/inboxes" });
    expect(listed.body.data).toMatchObject([{ id: own.id }]);
    expect((await ask(api, key, { path: `/inboxes/${foreign.id}` })).status).toBe(404);
  });

  test.each(["", "pk_", "pk_0123456789_", "x".repeat(57), "Bearer abc", `pk_0123456789_${"A".repeat(43)}`])(
    "is not to be found in %j",
    async (key) => {
      expect(await ask(api, key, tickets)).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
    },
  );

  test("is wrong when one character of it is", async () => {
    const { key } = await makeKey(api, { tenantId: desk.tenant.id });
    const other = key.at(-1) === "A" ? "B" : "A";
    expect((await ask(api, key, tickets)).status).toBe(200);
    expect((await ask(api, key.slice(0, -1) + other, tickets)).status).toBe(401);
    expect((await ask(api, `${key}, ${key}`, tickets)).status).toBe(401);
  });

  test("does not come together with an access token", async () => {
    const { key } = await makeKey(api, { tenantId: desk.tenant.id });
    const headers = await api.bearer({ tenantId: desk.tenant.id });
    const answer = await ask(api, key, { ...tickets, headers });
    expect(answer).toMatchObject({ status: 401, body: { detail: expect.stringContaining("not both") } });
  });

  test("is refused once it has expired", async () => {
    const expiresAt = new Date(api.context.clock.now().getTime() + 60_000).toISOString();
    const { key } = await makeKey(api, { tenantId: desk.tenant.id, expiresAt });
    api.context.clock.advance(59_999);
    expect((await ask(api, key, tickets)).status).toBe(200);
    api.context.clock.advance(1);
    expect((await ask(api, key, tickets)).status).toBe(401);
  });

  test("is refused while its company is closed", async () => {
    const { key } = await makeKey(api, { tenantId: desk.tenant.id });
    const { id } = desk.tenant;
    await api.context.database.withSystem((tx) => tx.tenant.update({ where: { id }, data: { status: "CLOSED" } }));
    expect((await ask(api, key, tickets)).status).toBe(401);
  });

  test("lives on when its maker leaves the company", async () => {
    const tenantId = desk.tenant.id;
    const { id: userId } = await buildUser(api.context, { tenantId, role: "ADMIN" });
    const { key } = await makeKey(api, { tenantId, scopes: ["inboxes.read"], owner: desk.as({ userId }) });
    await api.context.database.withSystem((tx) => tx.membership.deleteMany({ where: { tenantId, userId } }));
    expect((await ask(api, key, { path: "/inboxes" })).status).toBe(200);
  });

  test("stays in its company whatever X-Tenant-Id says", async () => {
    const { key } = await makeKey(api, { tenantId: desk.tenant.id });
    for (const elsewhere of [newId(), (await openDesk(api)).tenant.id]) {
      const answer = await ask(api, key, { ...tickets, headers: { "x-tenant-id": elsewhere } });
      expect(answer).toMatchObject({ status: 403, body: { detail: expect.stringContaining("X-Tenant-Id") } });
    }
  });

  test("signs nobody out", async () => {
    const { key } = await makeKey(api, { tenantId: desk.tenant.id });
    await buildSession(api.context, { userId: desk.agent.id, tenantId: desk.tenant.id });
    expect((await ask(api, key, { method: "POST", path: "/auth/logout" })).status).toBe(403);
  });

  test("that is revoked is refused at once, by every process", async () => {
    const { builtFrom } = api;
    const elsewhere = await startTestApi({ ...builtFrom, identification: createIdentification(builtFrom.system) });
    try {
      const { id, key } = await makeKey(api, { tenantId: desk.tenant.id });
      expect((await ask(elsewhere, key, tickets)).status).toBe(200);
      expect((await desk.as({ role: "ADMIN" }).delete(`/api-keys/${id}`)).status).toBe(204);
      expect((await ask(elsewhere, key, tickets)).status).toBe(401);
      expect((await ask(api, key, tickets)).status).toBe(401);
    } finally {
      await elsewhere.close();
    }
  });
});

describe("the scopes of a key", () => {
  const PREFIX = "/api/v1";

  /** With ids of nobody and without a body: what is allowed goes on to be not found, or not valid. */
  async function statusesFor(key: string): Promise<Record<string, { access: string; status: number }>> {
    const statuses: Record<string, { access: string; status: number }> = {};
    for (const { method, path, access = "public" } of api.routes) {
      if (!path.startsWith(PREFIX) || access === "public") continue;
      const url = path.replace(/:\w+/g, () => newId());
      const { statusCode } = await api.app.inject({ method, url, headers: { "x-api-key": key } });
      statuses[`${method} ${path}`] = { access, status: statusCode };
    }
    return statuses;
  }

  test.each(KEY_SCOPES)("%s: every route of this action is open, and no other", async (scope) => {
    const { key } = await makeKey(api, { tenantId: desk.tenant.id, scopes: [scope] });
    const statuses = await statusesFor(key);
    expect(Object.keys(statuses).length).toBeGreaterThan(30);
    for (const [route, { access, status }] of Object.entries(statuses)) {
      expect([route, status === 403]).toEqual([route, access !== scope]);
      expect([route, status < 500 && status !== 401]).toEqual([route, true]);
    }
  });

  test("all together open no route that is for people, or for those who let others in", async () => {
    const { key } = await makeKey(api, { tenantId: desk.tenant.id });
    const statuses = await statusesFor(key);
    const refused = Object.values(statuses).filter(({ status }) => status === 403);
    const closed = new Set(["signed_in", "super_admin", "api_keys.manage", "invitations.manage", "members.manage"]);
    const kept = Object.values(statuses).filter(({ access }) => closed.has(access));
    expect(kept.length).toBeGreaterThan(4);
    expect(refused).toEqual(kept);
  });

  test("are worth no more than the role that the key was made with", async () => {
    const { id, key } = await makeKey(api, { tenantId: desk.tenant.id, scopes: ["inboxes.manage", "inboxes.read"] });
    await api.context.database.withSystem((tx) => tx.apiKey.updateMany({ where: { id }, data: { role: "AGENT" } }));
    expect((await ask(api, key, { path: "/inboxes" })).status).toBe(200);
    expect((await ask(api, key, { method: "POST", path: "/inboxes", payload: {} })).status).toBe(403);
  });

  test("are named by whoever refuses", async () => {
    const { key } = await makeKey(api, { tenantId: desk.tenant.id, scopes: ["inboxes.read"] });
    const answer = await ask(api, key, tickets);
    expect(answer.body).toMatchObject({ code: "forbidden", detail: expect.stringContaining("tickets.read") });
    const me = await ask(api, key, { path: "/auth/me" });
    expect(me).toMatchObject({ status: 403, body: { detail: expect.stringContaining("signed in") } });
  });
});
