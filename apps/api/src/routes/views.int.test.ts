import { newId } from "@parley/runtime";
import { buildContact, buildConversation, buildInbox, buildTicket, buildUser } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { ask, makeKey } from "../auth/api-key.fixture.ts";
import { openDesk, openDeskForEachTest, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let managerId: string;
let manager: Client;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  managerId = (await buildUser(api.context, { tenantId: desk.tenant.id, role: "MANAGER" })).id;
  manager = desk.as({ userId: managerId });
});

const FILTER = { status: ["open"], tag: ["vip"] };

async function saved(client: Client, view: object = {}): Promise<{ id: string }> {
  const { status, body } = await client.post("/views", { name: "Mine", filter: FILTER, ...view });
  expect([status, body.detail]).toEqual([201, undefined]);
  return body.data;
}

async function namesSeenBy(client: Client): Promise<string[]> {
  const { body } = await client.get("/views");
  return body.data.map(({ name }: { name: string }) => name);
}

async function ticketWith(columns: Parameters<typeof buildTicket>[2]): Promise<{ id: string }> {
  const conversation = await buildConversation(api.context, { tenantId: desk.tenant.id });
  return buildTicket(api.context, conversation, columns);
}

const auditOf = (subjectId: string) =>
  api.context.database.withSystem((tx) => tx.auditEntry.findMany({ where: { subjectId }, orderBy: { id: "asc" } }));

describe("a personal view", () => {
  test("is kept as it was meant, and nobody else sees it", async () => {
    const createdAfter = "2026-01-31T08:00:00.000Z";
    const filter = { status: ["OPEN", "pending"], assigneeId: "me", unread: true, createdAfter };
    const view = await saved(desk.client, { name: "  To do ", filter });
    expect(view).toMatchObject({
      name: "To do",
      ownerId: desk.agent.id,
      isShared: false,
      filter: { status: ["open", "pending"], assigneeId: "me", unread: true, createdAfter },
    });
    expect((await desk.client.get(`/views/${view.id}`)).body.data).toEqual(view);
    expect(await namesSeenBy(desk.client)).toEqual(["To do"]);
    expect(await namesSeenBy(manager)).toEqual([]);
    for (const answer of [
      await manager.get(`/views/${view.id}`),
      await manager.patch(`/views/${view.id}`, { name: "x" }),
      await manager.delete(`/views/${view.id}`),
      await manager.get(`/tickets?viewId=${view.id}`),
    ]) {
      expect(answer).toMatchObject({ status: 404, body: { code: "not_found" } });
    }
    expect(await auditOf(view.id)).toEqual([]);
  });

  test("is changed and deleted by its owner", async () => {
    const { id } = await saved(desk.client);
    const changed = await desk.client.patch(`/views/${id}`, { name: "Other", filter: { priority: ["urgent"] } });
    expect(changed).toMatchObject({ status: 200, body: { data: { name: "Other", filter: { priority: ["urgent"] } } } });
    expect(changed.body.data.filter).toEqual({ priority: ["urgent"] });
    expect((await desk.client.delete(`/views/${id}`)).status).toBe(204);
    expect((await desk.client.get(`/views/${id}`)).status).toBe(404);
  });

  test("is made once under an Idempotency-Key", async () => {
    const headers = { "idempotency-key": newId() };
    const twice = [1, 2].map(() => desk.client.post("/views", { name: "Once", filter: {} }, headers));
    const [first, second] = await Promise.all(twice);
    expect(first?.body.data).toEqual(second?.body.data);
    expect(await namesSeenBy(desk.client)).toEqual(["Once"]);
  });
});

describe("a shared view", () => {
  test("is made by a manager, seen by all, and shows each their own", async () => {
    const { id } = await saved(manager, { name: "Mine, open", isShared: true, filter: { assigneeId: "me" } });
    const mine = await ticketWith({ assigneeId: desk.agent.id });
    const theirs = await ticketWith({ assigneeId: managerId });
    expect(await namesSeenBy(desk.client)).toEqual(["Mine, open"]);
    expect((await desk.client.get(`/tickets?viewId=${id}`)).body.data).toMatchObject([{ id: mine.id }]);
    expect((await manager.get(`/tickets?viewId=${id}`)).body.data).toMatchObject([{ id: theirs.id }]);
    expect(await auditOf(id)).toMatchObject([{ action: "view.created", actorId: managerId }]);
  });

  test("is neither made, shared, changed nor deleted by an agent", async () => {
    const { id } = await saved(manager, { isShared: true });
    const own = await saved(desk.client);
    for (const answer of [
      await desk.client.post("/views", { name: "x", filter: {}, isShared: true }),
      await desk.client.patch(`/views/${own.id}`, { isShared: true }),
      await desk.client.patch(`/views/${id}`, { name: "x" }),
      await desk.client.delete(`/views/${id}`),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { code: "forbidden" } });
    }
  });

  test("is changed by other managers, and is its owner's alone once it is no longer shared", async () => {
    const { id } = await saved(manager, { isShared: true });
    const other = desk.as({ role: "MANAGER" });
    expect((await other.patch(`/views/${id}`, { name: "Better" })).body.data).toMatchObject({ ownerId: managerId });
    expect((await other.patch(`/views/${id}`, { isShared: false })).status).toBe(200);
    expect((await other.get(`/views/${id}`)).status).toBe(404);
    expect((await manager.get(`/views/${id}`)).body.data).toMatchObject({ name: "Better", isShared: false });
    expect(await auditOf(id)).toMatchObject([
      { action: "view.created" },
      { action: "view.changed", before: { name: "Mine" }, after: { name: "Better" } },
      { action: "view.changed", before: { isShared: true }, after: { isShared: false } },
    ]);
  });

  test("goes to whoever removes its owner; what was the owner's alone goes with them", async () => {
    const shared = await saved(manager, { name: "Shared", isShared: true });
    const own = await saved(manager, { name: "Own" });
    const remover = await buildUser(api.context, { tenantId: desk.tenant.id, role: "ADMIN" });
    expect((await desk.as({ userId: remover.id }).delete(`/users/${managerId}`)).status).toBe(204);
    expect((await desk.client.get(`/views/${shared.id}`)).body.data).toMatchObject({ ownerId: remover.id });
    const left = await api.context.database.withSystem((tx) => tx.savedView.findMany({ where: { id: own.id } }));
    expect(left).toEqual([]);
    expect(await auditOf(shared.id)).toMatchObject([
      { action: "view.created" },
      { action: "view.changed", before: { ownerId: managerId }, after: { ownerId: remover.id } },
    ]);
  });

  test("goes to an owner of the company when a platform's administrator removes its owner", async () => {
    const { id } = await saved(manager, { isShared: true });
    const owner = await buildUser(api.context, { tenantId: desk.tenant.id, role: "OWNER" });
    const bearer = await api.bearer({ tenantId: null, isSuperAdmin: true });
    const headers = { ...bearer, "x-tenant-id": desk.tenant.id };
    const removed = await api.app.inject({ method: "DELETE", url: `/api/v1/users/${managerId}`, headers });
    expect(removed.statusCode).toBe(204);
    expect((await desk.client.get(`/views/${id}`)).body.data).toMatchObject({ ownerId: owner.id });
  });
});

describe("a view", () => {
  test("is of what there is: others' and unknown things are refused", async () => {
    const other = await openDesk(api);
    const inbox = await buildInbox(api.context, { tenantId: other.tenant.id });
    const contact = await buildContact(api.context, { tenantId: other.tenant.id });
    for (const [path, filter] of [
      ["filter.inboxId.0", { inboxId: [inbox.id] }],
      ["filter.assigneeId", { assigneeId: other.agent.id }],
      ["filter.teamId", { teamId: newId() }],
      ["filter.contactId", { contactId: contact.id }],
      ["filter.attribute.0", { attribute: ["unknown:1"] }],
    ] as const) {
      const answer = await desk.client.post("/views", { name: "x", filter });
      expect([path, answer.status, answer.body.errors?.[0]?.path]).toEqual([path, 400, path]);
    }
  });

  test("holds values of attributes that can be", async () => {
    const { id: tenantId } = desk.tenant;
    await api.context.database.withSystem((tx) =>
      tx.ticketAttribute.create({ data: { tenantId, id: newId(), key: "size", label: "Size", type: "NUMBER" } }),
    );
    const wrong = await desk.client.post("/views", { name: "x", filter: { attribute: ["size:large"] } });
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ path: "filter.attribute.0" }] } });
    await saved(desk.client, { filter: { attribute: ["size:5"] } });
  });

  test.each([
    [{ filter: { statuses: ["open"] } }],
    [{ filter: { status: "open" } }],
    [{ filter: { status: [] } }],
    [{ filter: { assigneeId: "nobody" } }],
    [{ name: " " }],
    [{ ownerId: newId() }],
  ])("is refused with %j", async (part) => {
    const answer = await desk.client.post("/views", { name: "x", filter: {}, ...part });
    expect(answer).toMatchObject({ status: 400, body: { code: "validation_failed" } });
  });

  test("is combined with further filters", async () => {
    const { id } = await saved(desk.client, { filter: { status: ["open", "pending"], tag: ["vip"] } });
    const wanted = await ticketWith({ tags: ["vip", "returns"], status: "PENDING" });
    await ticketWith({ tags: ["vip"], status: "OPEN" });
    await ticketWith({ tags: ["vip", "returns"], status: "CLOSED" });
    const idsOf = async (query: string): Promise<string[]> => {
      const { body } = await desk.client.get(`/tickets?viewId=${id}${query}`);
      return body.data.map((ticket: { id: string }) => ticket.id);
    };
    expect(await idsOf("")).toHaveLength(2);
    expect(await idsOf("&tag=returns")).toEqual([wanted.id]);
    expect(await idsOf("&status=pending,closed")).toEqual([wanted.id]);
    expect(await idsOf("&status=closed")).toEqual([]);
  });

  test("belongs to a member: a platform's administrator has none, and a program makes none", async () => {
    const bearer = await api.bearer({ tenantId: null, isSuperAdmin: true });
    const answer = await api.app.inject({
      method: "POST",
      url: "/api/v1/views",
      headers: { ...bearer, "x-tenant-id": desk.tenant.id },
      payload: { name: "x", filter: {} },
    });
    expect(answer.statusCode).toBe(403);
    await saved(manager, { name: "Shared", isShared: true });
    await saved(manager, { name: "Own" });
    const { key } = await makeKey(api, { tenantId: desk.tenant.id });
    expect((await ask(api, key, { path: "/views" })).body.data).toMatchObject([{ name: "Shared" }]);
    expect((await ask(api, key, { method: "POST", path: "/views", payload: { name: "x", filter: {} } })).status).toBe(
      403,
    );
  });

  test("of another company is not there", async () => {
    const { id } = await saved(manager, { isShared: true });
    const other = await openDesk(api);
    const stranger = other.as({ role: "OWNER" });
    for (const answer of [
      await stranger.get(`/views/${id}`),
      await stranger.patch(`/views/${id}`, { name: "x" }),
      await stranger.delete(`/views/${id}`),
      await stranger.get(`/tickets?viewId=${id}`),
    ]) {
      expect(answer.status).toBe(404);
    }
    expect((await stranger.get("/views")).body.data).toEqual([]);
  });

  test("is one of at most a hundred of one's own, and of a hundred that are shared", async () => {
    const { id: tenantId } = desk.tenant;
    const of = (ownerId: string, isShared: boolean) =>
      Array.from({ length: 100 }, () => ({ tenantId, id: newId(), ownerId, name: "x", isShared, filter: {} }));
    await api.context.database.withSystem((tx) =>
      tx.savedView.createMany({ data: [...of(desk.agent.id, false), ...of(managerId, true)] }),
    );
    for (const answer of [
      await desk.client.post("/views", { name: "x", filter: {} }),
      await manager.post("/views", { name: "x", filter: {}, isShared: true }),
    ]) {
      expect(answer).toMatchObject({ status: 409, body: { code: "conflict" } });
    }
    const own = await saved(manager);
    expect((await manager.patch(`/views/${own.id}`, { isShared: true })).status).toBe(409);
    expect((await desk.client.get("/views/counts")).body.data).toHaveLength(200);
  });
});

describe("GET /views/counts", () => {
  test("tells of every view that one sees how many tickets it shows", async () => {
    const teamless = await saved(manager, { isShared: true, filter: { teamId: "none", status: ["open", "pending"] } });
    const mine = await saved(desk.client, { filter: { assigneeId: "me" } });
    const none = await saved(desk.client, { filter: { status: ["closed"], tag: ["lost"] } });
    await saved(manager, { filter: {} });
    await ticketWith({ assigneeId: desk.agent.id });
    await ticketWith({ status: "PENDING" });
    await ticketWith({ status: "CLOSED" });
    expect((await desk.client.get("/views/counts")).body.data).toEqual([
      { viewId: none.id, count: 0, isCapped: false },
      { viewId: mine.id, count: 1, isCapped: false },
      { viewId: teamless.id, count: 2, isCapped: false },
    ]);
  });

  test("counts no further than a thousand", async () => {
    const all = await saved(desk.client, { filter: {} });
    const both = await saved(desk.client, { filter: { status: ["closed", "resolved"] } });
    const closed = await saved(desk.client, { filter: { status: ["closed"] } });
    const { id: tenantId } = desk.tenant;
    const conversation = await buildConversation(api.context, { tenantId });
    const { id: conversationId, contactId, inboxId } = conversation;
    await api.context.database.withSystem((tx) =>
      tx.ticket.createMany({
        data: Array.from({ length: 1_002 }, (_empty, index) => ({
          tenantId,
          id: newId(),
          number: index + 1,
          conversationId,
          contactId,
          inboxId,
          channel: "WHATSAPP" as const,
          status: index < 1_000 ? ("CLOSED" as const) : ("RESOLVED" as const),
        })),
      }),
    );
    expect((await desk.client.get("/views/counts")).body.data).toEqual([
      { viewId: closed.id, count: 1_000, isCapped: false },
      { viewId: both.id, count: 1_000, isCapped: true },
      { viewId: all.id, count: 1_000, isCapped: true },
    ]);
  });
});
