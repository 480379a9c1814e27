import { newId } from "@parley/runtime";
import { buildConversation, buildTicket, buildUser, type BuiltConversation } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { ask, makeKey } from "../auth/api-key.fixture.ts";
import { openDesk, openDeskForEachTest, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let tenantId: string;
let conversation: BuiltConversation;
let path: string;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  tenantId = desk.tenant.id;
  conversation = await buildConversation(api.context, { tenantId });
  path = `/conversations/${conversation.id}`;
});

async function buildTeam(): Promise<string> {
  const id = newId();
  await api.context.database.withSystem((tx) => tx.team.create({ data: { tenantId, id, name: `Team ${id}` } }));
  return id;
}

async function eventTypes(): Promise<string[]> {
  const events = await api.context.database.withSystem((tx) =>
    tx.event.findMany({ where: { conversationId: conversation.id }, orderBy: { seq: "asc" } }),
  );
  return events.map(({ type }) => type);
}

const ticketOf = (id: string) =>
  api.context.database.withSystem((tx) => tx.ticket.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } }));

const isUnread = async (client: Client = desk.client): Promise<boolean> => (await client.get(path)).body.data.isUnread;

const idsOf = async (query: string, client: Client = desk.client): Promise<string[]> => {
  const { status, body } = await client.get(`/conversations?${query}`);
  expect([query, status]).toEqual([query, 200]);
  return body.data.map((row: { id: string }) => row.id);
};

describe("while a ticket is being worked on", () => {
  test.each([
    ["resolved", "RESOLVED"],
    ["pending", "PENDING"],
  ] as const)("a conversation that becomes %s takes its ticket along", async (status, expected) => {
    const { id } = await buildTicket(api.context, conversation, { assigneeId: desk.agent.id });
    const answer = await desk.client.patch(path, { status });
    expect(answer).toMatchObject({ status: 200, body: { data: { status } } });
    expect(await ticketOf(id)).toMatchObject({ status: expected, version: 2 });
    expect(await eventTypes()).toEqual(["STATUS_CHANGED"]);
  });

  test("one that is opened again opens its ticket", async () => {
    const pending = await buildConversation(api.context, { tenantId, status: "PENDING" });
    const { id } = await buildTicket(api.context, pending, { status: "WAITING_CUSTOMER" });
    expect((await desk.client.patch(`/conversations/${pending.id}`, { status: "open" })).body.data.status).toBe("open");
    expect(await ticketOf(id)).toMatchObject({ status: "OPEN" });
  });

  test("what is so already is no change: an escalated ticket stays escalated in an open conversation", async () => {
    const { id } = await buildTicket(api.context, conversation, { status: "ESCALATED" });
    expect((await desk.client.patch(path, { status: "open" })).body.data.version).toBe(1);
    expect(await ticketOf(id)).toMatchObject({ status: "ESCALATED", version: 1 });
    expect(await eventTypes()).toEqual([]);
  });

  test("assignee and team are those of the ticket, whichever of the two is changed", async () => {
    const { id } = await buildTicket(api.context, conversation);
    const [teamId, colleague] = [await buildTeam(), await buildUser(api.context, { tenantId })];
    const given = await desk.client.patch(path, { assigneeId: colleague.id, teamId });
    expect(given.body.data).toMatchObject({ assigneeId: colleague.id, teamId });
    expect(await ticketOf(id)).toMatchObject({ assigneeId: colleague.id, teamId });
    expect(await eventTypes()).toEqual(["ASSIGNMENT_CHANGED"]);
    await desk.client.post(`/tickets/${id}/assign`, { userId: desk.agent.id, teamId: null });
    expect((await desk.client.get(path)).body.data).toMatchObject({ assigneeId: desk.agent.id, teamId: null });
  });

  test("tags and muting are the conversation's own", async () => {
    const { id } = await buildTicket(api.context, conversation, { tags: ["kept"] });
    const answer = await desk.client.patch(path, { tags: ["vip"], isMuted: true, status: "pending" });
    expect(answer.body.data).toMatchObject({ tags: ["vip"], isMuted: true, status: "pending" });
    expect(await ticketOf(id)).toMatchObject({ tags: ["kept"], status: "PENDING" });
    expect(await eventTypes()).toEqual(["STATUS_CHANGED", "CONVERSATION_CHANGED"]);
  });

  test("a ticket that was split off stands beside, and stays as it is", async () => {
    const origin = await buildTicket(api.context, conversation, { status: "CLOSED" });
    const { id } = await buildTicket(api.context, conversation, { splitFromId: origin.id });
    expect((await desk.client.patch(path, { status: "resolved" })).body.data.status).toBe("resolved");
    expect(await ticketOf(id)).toMatchObject({ status: "OPEN", version: 1 });
  });

  test("changes of both at once end with both in step", async () => {
    const { id } = await buildTicket(api.context, conversation);
    const colleague = await buildUser(api.context, { tenantId });
    const answers = await Promise.all([
      desk.client.patch(path, { status: "pending" }),
      desk.client.patch(`/tickets/${id}`, { assigneeId: colleague.id }),
      desk.client.patch(path, { assigneeId: desk.agent.id }),
      desk.client.patch(`/tickets/${id}`, { priority: "high" }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const ticket = await ticketOf(id);
    expect((await desk.client.get(path)).body.data).toMatchObject({ status: "pending", assigneeId: ticket.assigneeId });
  });
});

describe("without a ticket in work", () => {
  test("status, assignee and team are the conversation's alone, and the log says what became of them", async () => {
    const old = await buildTicket(api.context, conversation, { status: "RESOLVED" });
    const teamId = await buildTeam();
    const answer = await desk.client.patch(path, { status: "pending", teamId, assigneeId: null });
    expect(answer.body.data).toMatchObject({ status: "pending", teamId, version: 2 });
    expect(await ticketOf(old.id)).toMatchObject({ status: "RESOLVED", version: 1, teamId: null });
    const events = await api.context.database.withSystem((tx) =>
      tx.event.findMany({ where: { conversationId: conversation.id } }),
    );
    expect(events).toMatchObject([
      { type: "CONVERSATION_CHANGED", data: { changed: ["status", "teamId"], status: "pending", teamId } },
    ]);
  });

  test("unknown members and teams are refused", async () => {
    for (const field of ["assigneeId", "teamId"]) {
      const answer = await desk.client.patch(path, { [field]: newId() });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: field }] } });
    }
  });
});

describe("versions", () => {
  test("an answer has its version as ETag, and a change may demand it by If-Match", async () => {
    const shown = await desk.client.get(path);
    expect(shown.headers["etag"]).toBe('"1"');
    const changed = await desk.client.patch(path, { tags: ["one"] }, { "if-match": '"1"' });
    expect([changed.status, changed.headers["etag"]]).toEqual([200, '"2"']);
    const late = await desk.client.patch(path, { tags: ["two"] }, { "if-match": '"1"' });
    expect(late).toMatchObject({
      status: 412,
      body: { code: "precondition_failed", current: { id: conversation.id, version: 2, tags: ["one"] } },
    });
    expect((await desk.client.get(path)).body.data.tags).toEqual(["one"]);
  });

  test("two who change it at once under one version: one of them is refused", async () => {
    await buildTicket(api.context, conversation);
    const answers = await Promise.all(
      ["pending", "resolved"].map((status) => desk.client.patch(path, { status }, { "if-match": '"1"' })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 412]));
  });

  test("a change of the ticket that its conversation shows counts", async () => {
    const { id } = await buildTicket(api.context, conversation);
    await desk.client.patch(`/tickets/${id}`, { status: "pending" });
    expect((await desk.client.patch(path, { tags: ["x"] }, { "if-match": '"1"' })).status).toBe(412);
  });
});

describe("unread", () => {
  test("is each agent's own, and reading changes no version", async () => {
    const colleague = desk.as({ userId: (await buildUser(api.context, { tenantId })).id });
    expect([await isUnread(), await isUnread(colleague)]).toEqual([true, true]);
    const read = await desk.client.post(`${path}/read`);
    expect(read).toMatchObject({ status: 200, body: { data: { isUnread: false, version: 1 } } });
    expect([await isUnread(), await isUnread(colleague)]).toEqual([false, true]);
    expect((await desk.client.post(`${path}/unread`)).body.data.isUnread).toBe(true);
    expect(await isUnread()).toBe(true);
  });

  test("comes back with the next message, also with one that had arrived and was not stored yet when it was read", async () => {
    await desk.client.post(`${path}/read`);
    const lastInboundAt = new Date((conversation.lastInboundAt?.getTime() ?? 0) + 1);
    expect(lastInboundAt.getTime()).toBeLessThan(Date.now());
    await api.context.database.withSystem((tx) =>
      tx.conversation.update({ where: { tenantId_id: { tenantId, id: conversation.id } }, data: { lastInboundAt } }),
    );
    expect(await isUnread()).toBe(true);
  });

  test("is nothing that the customer never wrote in, and nothing that is muted", async () => {
    const silent = await buildConversation(api.context, { tenantId, lastInboundAt: null });
    const { body } = await desk.client.get(`/conversations/${silent.id}`);
    expect(body.data.isUnread).toBe(false);
    await desk.client.patch(path, { isMuted: true });
    expect(await isUnread()).toBe(false);
  });

  test("ends for whoever answers, and not for whoever leaves a note", async () => {
    const colleague = desk.as({ userId: (await buildUser(api.context, { tenantId })).id });
    await desk.client.post(`${path}/messages`, { type: "text", text: "Ask the warehouse", isInternal: true });
    expect(await isUnread()).toBe(true);
    await desk.client.post(`${path}/messages`, { type: "text", text: "It is on its way." });
    expect([await isUnread(), await isUnread(colleague)]).toEqual([false, true]);
  });

  test("is for an API key what nobody has answered", async () => {
    const { key } = await makeKey(api, { tenantId });
    const answered = await buildConversation(api.context, { tenantId, unreadCount: 0 });
    const waiting = await buildConversation(api.context, { tenantId, unreadCount: 2 });
    const list = await ask(api, key, { path: "/conversations?unread=true" });
    expect(list.body.data).toMatchObject([{ id: waiting.id, isUnread: true }]);
    expect((await ask(api, key, { path: `/conversations/${answered.id}` })).body.data.isUnread).toBe(false);
    expect((await ask(api, key, { method: "POST", path: `${path}/read` })).status).toBe(403);
  });

  test("of another company's conversation is nobody's business", async () => {
    const stranger = (await openDesk(api)).client;
    expect((await stranger.post(`${path}/read`)).status).toBe(404);
    expect((await stranger.post(`${path}/unread`)).status).toBe(404);
    expect((await desk.client.post(`/conversations/${newId()}/read`)).status).toBe(404);
  });

  test("leaves no trace of a platform's administrator who reads", async () => {
    const bearer = await api.bearer({ tenantId: null, isSuperAdmin: true });
    const headers = { ...bearer, "x-tenant-id": tenantId };
    const answer = await api.app.inject({ method: "POST", url: `/api/v1${path}/read`, headers });
    expect(answer.statusCode).toBe(200);
    expect(await api.context.database.withSystem((tx) => tx.conversationRead.count({ where: { tenantId } }))).toBe(0);
  });
});

describe("GET /conversations filters by", () => {
  test("several statuses and inboxes, holders, muting and all of several tags", async () => {
    const teamId = await buildTeam();
    const mine = await buildConversation(api.context, { tenantId, assigneeId: desk.agent.id, status: "PENDING" });
    const teams = await buildConversation(api.context, { tenantId, teamId, tags: ["a", "b"], status: "RESOLVED" });
    const muted = await buildConversation(api.context, { tenantId, isMuted: true, tags: ["a"] });
    expect(await idsOf("status=pending,RESOLVED")).toEqual([teams.id, mine.id]);
    expect(await idsOf(`inboxId=${mine.inboxId},${teams.inboxId}`)).toEqual([teams.id, mine.id]);
    expect(await idsOf("assigneeId=me")).toEqual([mine.id]);
    expect(await idsOf("assigneeId=none")).toEqual([muted.id, teams.id, conversation.id]);
    expect(await idsOf(`teamId=${teamId}`)).toEqual([teams.id]);
    expect(await idsOf("teamId=none&status=open")).toEqual([muted.id, conversation.id]);
    expect(await idsOf("isMuted=true")).toEqual([muted.id]);
    expect(await idsOf("isMuted=false")).toHaveLength(3);
    expect(await idsOf("tag=a")).toEqual([muted.id, teams.id]);
    expect(await idsOf("tag=a&tag=b")).toEqual([teams.id]);
  });

  test("what I have not read", async () => {
    const read = await buildConversation(api.context, { tenantId });
    await buildConversation(api.context, { tenantId, isMuted: true });
    const silent = await buildConversation(api.context, { tenantId, lastInboundAt: null });
    await desk.client.post(`/conversations/${read.id}/read`);
    expect(await idsOf("unread=true")).toEqual([conversation.id]);
    expect(await idsOf("unread=false")).toEqual(expect.arrayContaining([read.id, silent.id]));
    expect(await idsOf("unread=true", desk.as({}))).toEqual([read.id, conversation.id]);
  });

  test.each(["assigneeId=you", "teamId=me", "status=closed", "unread=1", "isMuted=maybe", "tag="])(
    "nothing like %s",
    async (query) => {
      expect((await desk.client.get(`/conversations?${query}`)).status).toBe(400);
    },
  );
});
