import { createHash } from "node:crypto";
import { isAtLeast, PERMISSIONS } from "@parley/core/context";
import { newId } from "@parley/runtime";
import { buildConversation, buildInbox, buildUser } from "@parley/testing";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { ask, KEY_SCOPES, makeKey } from "../auth/api-key.fixture.ts";
import { readAudit } from "./audit.fixture.ts";
import { openDesk, openDeskWithAdminForEachTest, readAll, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let admin: Client;
let adminId: string;

openDeskWithAdminForEachTest((opened) => ({ api, desk, admin, adminId } = opened));

const input = { name: "Shop", scopes: ["messages.send", "conversations.read"] };

const storedKeys = (tenantId = desk.tenant.id) =>
  api.context.database.withSystem((tx) => tx.apiKey.findMany({ where: { tenantId } }));

const audited = () => readAudit(api, { tenantId: desk.tenant.id });

describe("POST /api-keys", () => {
  test("shows the key once, and keeps its hash only", async () => {
    const expiresAt = new Date(api.context.clock.now().getTime() + 3_600_000).toISOString();
    const answer = await admin.post("/api-keys", { ...input, expiresAt });
    expect(answer.status).toBe(201);
    const { key, ...shown } = answer.body.data;
    expect(shown).toEqual({
      id: expect.any(String),
      name: "Shop",
      prefix: key.slice(0, 13),
      scopes: input.scopes,
      createdBy: adminId,
      expiresAt,
      lastUsedAt: null,
      revokedAt: null,
      createdAt: api.context.clock.now().toISOString(),
    });
    expect((await admin.get("/api-keys")).body.data).toEqual([shown]);
    const [stored] = await storedKeys();
    expect(Buffer.from(stored?.keyHash ?? [])).toEqual(createHash("sha256").update(key).digest());
    const everything = JSON.stringify([await storedKeys(), await audited()]);
    expect(everything).not.toContain(key.slice(14));
  });

  test.each([
    ["no scope", { scopes: [] }, "scopes"],
    ["a scope that is no action", { scopes: ["tickets.burn"] }, "scopes.0"],
    ["a scope twice", { scopes: ["tickets.read", "tickets.read"] }, "scopes"],
    ["the management of keys", { scopes: ["tickets.read", "api_keys.manage"] }, "scopes.1"],
    ["the management of invitations", { scopes: ["invitations.manage"] }, "scopes.0"],
    ["the management of members", { scopes: ["members.manage"] }, "scopes.0"],
    ["an end in the past", { expiresAt: "2020-01-01T00:00:00Z" }, "expiresAt"],
    ["an end that is no time", { expiresAt: "tomorrow" }, "expiresAt"],
    ["no name", { name: " " }, "name"],
    ["a role", { role: "owner" }, "role"],
    ["a key of one's own", { key: "pk_0123456789_x" }, "key"],
  ])("refuses %s", async (_what, change, path) => {
    const answer = await admin.post("/api-keys", { ...input, ...change });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path }] } });
    expect(await storedKeys()).toEqual([]);
  });

  test("says why some scopes are for people only", async () => {
    const answer = await admin.post("/api-keys", { ...input, scopes: ["members.manage"] });
    expect(answer.body.errors[0].message).toContain("people only");
  });

  test("gives the scopes that its maker holds, and no other", async () => {
    for (const scope of KEY_SCOPES) {
      const { status } = await admin.post("/api-keys", { name: scope, scopes: [scope] });
      expect([scope, status]).toEqual([scope, isAtLeast("ADMIN", PERMISSIONS[scope]) ? 201 : 403]);
    }
  });

  test("by a SUPER_ADMIN gives any scope", async () => {
    const { id: userId } = await buildUser(api.context, { isSuperAdmin: true });
    const owner = desk.as({ userId });
    const { id } = await makeKey(api, { tenantId: desk.tenant.id, owner });
    expect(await storedKeys()).toMatchObject([{ id, role: "OWNER", createdBy: userId }]);
  });

  test("is for administrators", async () => {
    expect((await desk.as({ role: "MANAGER" }).post("/api-keys", input)).status).toBe(403);
  });

  test("under an Idempotency-Key makes one key, which both answers hold and no row in plain", async () => {
    const once = { "idempotency-key": "key-1" };
    const first = await admin.post("/api-keys", input, once);
    const second = await admin.post("/api-keys", input, once);
    expect(second).toMatchObject({ status: 201, headers: { "idempotency-replayed": "true" } });
    expect(first.body.data.key).toMatch(/^pk_/);
    expect(second.body.data).toEqual(first.body.data);
    expect(await storedKeys()).toHaveLength(1);
    const remembered = await api.context.database.withSystem((tx) => tx.idempotencyKey.findMany());
    expect(JSON.stringify(remembered)).not.toContain(first.body.data.key.slice(14));
  });

  test("is written into the audit log", async () => {
    const { id } = (await admin.post("/api-keys", input)).body.data;
    expect(await audited()).toMatchObject([
      {
        actorType: "USER",
        actorId: adminId,
        action: "api_key.created",
        subjectType: "api_key",
        subjectId: id,
        after: { name: "Shop", scopes: input.scopes },
      },
    ]);
  });
});

describe("GET /api-keys", () => {
  test("pages through the company's own, newest first", async () => {
    const made: string[] = [];
    for (const name of ["a", "b", "c"]) made.push((await admin.post("/api-keys", { ...input, name })).body.data.id);
    await makeKey(api, { tenantId: (await openDesk(api)).tenant.id });
    const listed = await readAll(admin, "/api-keys?limit=2");
    expect(listed.map(({ id }) => id)).toEqual(made.toReversed());
  });

  test("does not show hashes", async () => {
    await admin.post("/api-keys", input);
    expect(Object.keys((await admin.get("/api-keys")).body.data[0])).not.toContain("keyHash");
  });
});

describe("DELETE /api-keys/:id", () => {
  test("revokes it for good, however often it is asked to, and keeps it in the list", async () => {
    const { id } = await makeKey(api, { tenantId: desk.tenant.id });
    const revokedAt = api.context.clock.now().toISOString();
    expect((await admin.delete(`/api-keys/${id}`)).status).toBe(204);
    api.context.clock.advance(1_000);
    expect((await admin.delete(`/api-keys/${id}`)).status).toBe(204);
    expect((await admin.get("/api-keys")).body.data).toMatchObject([{ id, revokedAt }]);
  });

  test("is one change, even for two who do it at the same time", async () => {
    const { id } = await makeKey(api, { tenantId: desk.tenant.id });
    const path = `/api-keys/${id}`;
    const answers = await Promise.all([admin.delete(path), admin.delete(path), admin.delete(path)]);
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    const entries = (await audited()).filter(({ action }) => action === "api_key.revoked");
    expect(entries).toMatchObject([
      { actorId: adminId, subjectId: id, before: { revokedAt: null }, after: { revokedAt: expect.any(String) } },
    ]);
  });

  test("does not find another company's", async () => {
    const other = await openDesk(api);
    const { id, key } = await makeKey(api, { tenantId: other.tenant.id });
    const [foreign, unknown] = [await admin.delete(`/api-keys/${id}`), await admin.delete(`/api-keys/${newId()}`)];
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
    expect(foreign.body.detail).toBe(unknown.body.detail);
    expect((await ask(api, key, { path: "/tickets" })).status).toBe(200);
  });
});

describe("what a key does", () => {
  const text = { type: "text", text: "Your parcel is on its way." };

  test("is said to the customer by the company, and by nobody in person", async () => {
    const { id } = await buildConversation(api.context, { tenantId: desk.tenant.id });
    const { key } = await makeKey(api, { tenantId: desk.tenant.id });
    const path = `/conversations/${id}/messages`;
    const answer = await ask(api, key, { method: "POST", path, payload: text });
    expect(answer).toMatchObject({ status: 201, body: { data: { senderType: "system", senderId: null } } });
    const events = await api.context.database.withSystem((tx) =>
      tx.event.findMany({ where: { tenantId: desk.tenant.id } }),
    );
    expect(events).toMatchObject([{ type: "MESSAGE_QUEUED", actorType: "SYSTEM", actorId: null }]);
  });

  test("happens once under an Idempotency-Key, which is the key's own", async () => {
    const { id } = await buildConversation(api.context, { tenantId: desk.tenant.id });
    const [one, two] = [
      await makeKey(api, { tenantId: desk.tenant.id }),
      await makeKey(api, { tenantId: desk.tenant.id }),
    ];
    const request = {
      method: "POST",
      path: `/conversations/${id}/messages`,
      payload: text,
      headers: { "idempotency-key": "parcel-1" },
    } as const;
    const first = await ask(api, one.key, request);
    const again = await ask(api, one.key, request);
    const others = await ask(api, two.key, request);
    expect(again).toMatchObject({ body: first.body, headers: { "idempotency-replayed": "true" } });
    expect(others.status).toBe(201);
    expect(others.body.data.id).not.toBe(first.body.data.id);
  });

  test("is its own in the audit log", async () => {
    const inbox = await buildInbox(api.context, { tenantId: desk.tenant.id });
    const { id, key } = await makeKey(api, { tenantId: desk.tenant.id });
    await ask(api, key, { method: "PATCH", path: `/inboxes/${inbox.id}`, payload: { name: "Renamed" } });
    expect((await audited()).at(-1)).toMatchObject({
      actorType: "API_KEY",
      actorId: id,
      action: "inbox.changed",
      after: { name: "Renamed" },
    });
  });
});
