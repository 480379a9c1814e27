import { newId } from "@parley/runtime";
import {
  buildConversation,
  buildTicket,
  buildUser,
  type BuiltConversation,
  type BuiltTicket,
  type BuiltUser,
} from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let manager: Client;
let conversation: BuiltConversation;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  const { id: userId } = await buildUser(api.context, { tenantId: desk.tenant.id, role: "MANAGER" });
  manager = desk.as({ userId });
  conversation = await buildConversation(api.context, { tenantId: desk.tenant.id });
});

const HOUR_MS = 3_600_000;

const colleague = (availability: "ONLINE" | "OFFLINE" = "ONLINE"): Promise<BuiltUser> =>
  buildUser(api.context, { tenantId: desk.tenant.id }).then(async (user) => {
    await api.context.database.withSystem((tx) =>
      tx.membership.updateMany({ where: { userId: user.id }, data: { availability } }),
    );
    return user;
  });

const newTeam = async (): Promise<string> => {
  const id = newId();
  await api.context.database.withSystem((tx) =>
    tx.team.create({ data: { tenantId: desk.tenant.id, id, name: `Team ${id}` } }),
  );
  return id;
};

const eventsOf = (ticketId: string) =>
  api.context.database.withSystem(async (tx) => {
    const rows = await tx.event.findMany({ where: { ticketId }, orderBy: { seq: "asc" } });
    return rows.map(({ type, actorType, actorId, data }) => ({ type, actorType, actorId, data }));
  });

const shownConversation = async (id = conversation.id) => (await desk.client.get(`/conversations/${id}`)).body.data;

const timersOf = (subjectId: string) =>
  api.context.database.withSystem((tx) => tx.timer.findMany({ where: { subjectId } }));

describe("changing a ticket", () => {
  test("is one version, one event for each kind of change, and the conversation goes along", async () => {
    const ticket = await buildTicket(api.context, conversation);
    const { id: assigneeId } = await colleague();
    const teamId = await newTeam();
    api.context.clock.advance(1_000);
    const { status, body } = await desk.client.patch(`/tickets/${ticket.id}`, {
      status: "waiting_customer",
      priority: "urgent",
      subject: "Lamp",
      tags: ["vip", "vip"],
      assigneeId,
      teamId,
    });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      status: "waiting_customer",
      priority: "urgent",
      subject: "Lamp",
      tags: ["vip"],
      assigneeId,
      teamId,
      version: 2,
      updatedAt: api.context.clock.now().toISOString(),
    });
    const by = { actorType: "AGENT", actorId: desk.agent.id };
    expect(await eventsOf(ticket.id)).toEqual([
      { type: "STATUS_CHANGED", ...by, data: { from: "open", to: "waiting_customer" } },
      { type: "PRIORITY_CHANGED", ...by, data: { from: "normal", to: "urgent" } },
      {
        type: "ASSIGNMENT_CHANGED",
        ...by,
        data: { from: { userId: null, teamId: null }, to: { userId: assigneeId, teamId } },
      },
      { type: "TICKET_CHANGED", ...by, data: { changed: ["subject", "tags"], tags: { added: ["vip"], removed: [] } } },
    ]);
    expect(await shownConversation()).toMatchObject({ status: "pending", assigneeId, teamId });
  });

  test("to what it is already changes nothing", async () => {
    const ticket = await buildTicket(api.context, conversation, { priority: "HIGH", tags: ["vip"] });
    const { body } = await desk.client.patch(`/tickets/${ticket.id}`, {
      status: "open",
      priority: "high",
      tags: ["vip"],
      category: null,
    });
    expect(body.data).toMatchObject({ version: 1, updatedAt: ticket.updatedAt.toISOString() });
    expect(await eventsOf(ticket.id)).toEqual([]);
  });

  test("ends and is taken up again: resolvedAt, reopenedCount and the conversation say so", async () => {
    const ticket = await buildTicket(api.context, conversation);
    const resolved = await desk.client.patch(`/tickets/${ticket.id}`, { status: "resolved" });
    const at = api.context.clock.now().toISOString();
    expect(resolved.body.data).toMatchObject({ resolvedAt: at, reopenedCount: 0 });
    expect(await shownConversation()).toMatchObject({ status: "resolved" });
    api.context.clock.advance(HOUR_MS);
    const closed = await desk.client.patch(`/tickets/${ticket.id}`, { status: "closed" });
    expect(closed.body.data).toMatchObject({ status: "closed", resolvedAt: at });
    const reopened = await manager.patch(`/tickets/${ticket.id}`, { status: "open" });
    expect(reopened.body.data).toMatchObject({ status: "open", resolvedAt: null, reopenedCount: 1, version: 4 });
    expect(await shownConversation()).toMatchObject({ status: "open" });
  });

  test("along a way that the table does not have is refused with the ways that it has", async () => {
    const ticket = await buildTicket(api.context, conversation, { status: "CLOSED", resolvedAt: new Date() });
    const asAgent = await desk.client.patch(`/tickets/${ticket.id}`, { status: "open" });
    expect(asAgent).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect(asAgent.body.detail).toBe("A ticket that is closed cannot become open; a manager can reopen it.");
    const asManager = await manager.patch(`/tickets/${ticket.id}`, { status: "pending" });
    expect(asManager.status).toBe(409);
    expect(asManager.body.detail).toBe("A ticket that is closed cannot become pending; from here it can become open.");
    expect(await eventsOf(ticket.id)).toEqual([]);
  });

  test("does not reopen it beside another ticket of the conversation", async () => {
    const old = await buildTicket(api.context, conversation, { status: "RESOLVED", resolvedAt: new Date() });
    const current = await buildTicket(api.context, conversation);
    const { status, body } = await desk.client.patch(`/tickets/${old.id}`, { status: "open" });
    expect([status, body.detail]).toEqual([
      409,
      `Ticket ${current.number} of the same conversation is being worked on; go on there, or merge this one into it.`,
    ]);
  });

  test("an older ticket leaves a conversation alone that goes on in another", async () => {
    const old = await buildTicket(api.context, conversation, { status: "RESOLVED", resolvedAt: new Date() });
    await buildTicket(api.context, conversation);
    const { id: assigneeId } = await colleague();
    await desk.client.patch(`/tickets/${old.id}`, { status: "closed", assigneeId });
    expect(await shownConversation()).toMatchObject({ status: "open", assigneeId: null });
  });

  test("reopening takes it from an assignee who is offline, unless it is they who reopen it", async () => {
    const away = await colleague("OFFLINE");
    const ended = { status: "RESOLVED", resolvedAt: new Date(), assigneeId: away.id } as const;
    const ticket = await buildTicket(api.context, conversation, ended);
    const { body } = await desk.client.patch(`/tickets/${ticket.id}`, { status: "open" });
    expect(body.data).toMatchObject({ status: "open", assigneeId: null, version: 2 });
    expect(await eventsOf(ticket.id)).toMatchObject([
      { type: "STATUS_CHANGED", actorType: "AGENT" },
      {
        type: "ASSIGNMENT_CHANGED",
        actorType: "SYSTEM",
        data: { from: { userId: away.id }, to: { userId: null }, because: "assignee_offline" },
      },
    ]);
    const other = await buildTicket(
      api.context,
      await buildConversation(api.context, { tenantId: desk.tenant.id }),
      ended,
    );
    const own = await desk.as({ userId: away.id }).patch(`/tickets/${other.id}`, { status: "open" });
    expect(own.body.data).toMatchObject({ status: "open", assigneeId: away.id });
  });

  test.each([
    [{}, "", "must name what to change"],
    [{ status: "done" }, "status", ""],
    [{ subject: "two\nlines" }, "subject", ""],
    [{ resolvedAt: null }, "", ""],
    [{ version: 7 }, "", ""],
  ])("by %j is refused", async (change, path, message) => {
    const ticket = await buildTicket(api.context, conversation);
    const { status, body } = await desk.client.patch(`/tickets/${ticket.id}`, change);
    expect([status, body.code]).toEqual([400, "validation_failed"]);
    if (path !== "") expect(body.errors[0].path).toBe(path);
    if (message !== "") expect(JSON.stringify(body.errors)).toContain(message);
  });
});

describe("what only one of several can do", () => {
  let ticket: BuiltTicket;
  beforeEach(async () => {
    ticket = await buildTicket(api.context, conversation);
  });

  test("an answer has the version as its ETag, and If-Match demands it", async () => {
    const shown = await desk.client.get(`/tickets/${ticket.id}`);
    expect(shown.headers["etag"]).toBe('"1"');
    const first = await desk.client.patch(`/tickets/${ticket.id}`, { priority: "high" }, { "if-match": '"1"' });
    expect([first.status, first.headers["etag"]]).toEqual([200, '"2"']);
    const late = await manager.patch(`/tickets/${ticket.id}`, { priority: "low" }, { "if-match": '"1"' });
    expect(late.status).toBe(412);
    expect(late.body).toMatchObject({ code: "precondition_failed", current: first.body.data });
    const again = await manager.patch(`/tickets/${ticket.id}`, { priority: "low" }, { "if-match": 'W/"2"' });
    expect([again.status, again.body.data.version]).toEqual([200, 3]);
  });

  test("an assignment demands a version in the same way", async () => {
    const path = `/tickets/${ticket.id}/assign`;
    const { id: userId } = await colleague();
    expect((await desk.client.post(path, { userId }, { "if-match": '"7"' })).body).toMatchObject({
      status: 412,
      current: { id: ticket.id, assigneeId: null, version: 1 },
    });
    const assigned = await desk.client.post(path, { userId }, { "if-match": '"1"' });
    expect([assigned.status, assigned.headers["etag"], assigned.body.data.assigneeId]).toEqual([200, '"2"', userId]);
  });

  test.each(["1", '"one"', ""])("an If-Match of %j is refused as such", async (header) => {
    const { status, body } = await desk.client.patch(
      `/tickets/${ticket.id}`,
      { priority: "low" },
      { "if-match": header },
    );
    expect([status, body.errors[0].path]).toEqual([400, "If-Match"]);
  });

  test("of twenty changes under one version at once, one is made", async () => {
    const changes = Array.from({ length: 20 }, (_empty, index) =>
      desk.client.patch(`/tickets/${ticket.id}`, { subject: `Subject ${index}` }, { "if-match": '"1"' }),
    );
    const statuses = (await Promise.all(changes)).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, ...Array.from({ length: 19 }, () => 412)]);
    expect((await desk.client.get(`/tickets/${ticket.id}`)).body.data.version).toBe(2);
  });

  test("without a version all of them are made, one after the other", async () => {
    const changes = Array.from({ length: 8 }, (_empty, index) =>
      desk.client.patch(`/tickets/${ticket.id}`, { category: `Category ${index}` }),
    );
    expect((await Promise.all(changes)).map(({ body }): number => body.data.version).toSorted((a, b) => a - b)).toEqual(
      [2, 3, 4, 5, 6, 7, 8, 9],
    );
    expect(await eventsOf(ticket.id)).toHaveLength(8);
  });
});

describe("giving a ticket away", () => {
  test("to a member, a team, both and nobody; what is not named stays", async () => {
    const ticket = await buildTicket(api.context, conversation);
    const path = `/tickets/${ticket.id}/assign`;
    const { id: userId } = await colleague();
    const teamId = await newTeam();
    expect((await desk.client.post(path, { userId })).body.data).toMatchObject({ assigneeId: userId, teamId: null });
    expect((await desk.client.post(path, { teamId })).body.data).toMatchObject({ assigneeId: userId, teamId });
    expect(await shownConversation()).toMatchObject({ assigneeId: userId, teamId });
    expect((await desk.client.post(path, { userId: null })).body.data).toMatchObject({ assigneeId: null, teamId });
    expect((await desk.client.post(path, { teamId: null })).body.data).toMatchObject({
      assigneeId: null,
      teamId: null,
    });
    expect((await eventsOf(ticket.id)).map(({ type }) => type)).toEqual(
      Array.from({ length: 4 }, () => "ASSIGNMENT_CHANGED"),
    );
  });

  test("only to members and teams of the company, and to somebody", async () => {
    const ticket = await buildTicket(api.context, conversation);
    const path = `/tickets/${ticket.id}/assign`;
    const stranger = (await openDesk(api)).agent;
    const refused = await desk.client.post(path, { userId: stranger.id });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: "assigneeId" }] } });
    expect((await desk.client.post(path, { teamId: newId() })).body.errors).toMatchObject([{ path: "teamId" }]);
    expect((await desk.client.post(path, {})).status).toBe(400);
  });

  test("under one Idempotency-Key is done once", async () => {
    const ticket = await buildTicket(api.context, conversation);
    const { id: userId } = await colleague();
    const headers = { "idempotency-key": newId() };
    const first = await desk.client.post(`/tickets/${ticket.id}/assign`, { userId }, headers);
    await desk.client.post(`/tickets/${ticket.id}/assign`, { userId: null });
    const again = await desk.client.post(`/tickets/${ticket.id}/assign`, { userId }, headers);
    expect(again.body).toEqual(first.body);
    expect(again.headers["idempotency-replayed"]).toBe("true");
    expect((await desk.client.get(`/tickets/${ticket.id}`)).body.data.assigneeId).toBeNull();
  });
});

describe("opening a ticket", () => {
  test("on a conversation takes its next number and whoever has the conversation, and opens it", async () => {
    const { id: assigneeId } = await colleague();
    const held = await buildConversation(api.context, { tenantId: desk.tenant.id, assigneeId, status: "PENDING" });
    const { status, body } = await desk.client.post("/tickets", {
      conversationId: held.id,
      subject: "Lamp",
      priority: "high",
    });
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      number: 1,
      conversationId: held.id,
      contactId: held.contactId,
      inboxId: held.inboxId,
      channel: "whatsapp",
      status: "open",
      priority: "high",
      subject: "Lamp",
      assigneeId,
    });
    expect(await shownConversation(held.id)).toMatchObject({ status: "open", assigneeId });
    expect(await eventsOf(body.data.id)).toMatchObject([
      { type: "TICKET_OPENED", actorId: desk.agent.id, data: { to: { userId: assigneeId, teamId: null } } },
      { type: "PRIORITY_CHANGED" },
      { type: "TICKET_CHANGED" },
    ]);
  });

  test("is nobody's on a conversation that was resolved", async () => {
    const { id: assigneeId } = await colleague();
    const done = await buildConversation(api.context, { tenantId: desk.tenant.id, assigneeId, status: "RESOLVED" });
    const { body } = await desk.client.post("/tickets", { conversationId: done.id });
    expect(body.data).toMatchObject({ assigneeId: null, version: 1 });
    expect(await shownConversation(done.id)).toMatchObject({ status: "open", assigneeId: null });
  });

  test("with an address makes contact and conversation as well", async () => {
    const { body, status } = await desk.client.post("/tickets", {
      inboxId: conversation.inboxId,
      to: "+4915112345678",
    });
    expect([status, body.data.status]).toEqual([201, "open"]);
    expect(await shownConversation(body.data.conversationId)).toMatchObject({
      contact: { identifiers: [{ value: "+4915112345678" }] },
    });
  });

  test("beside one that is being worked on is refused, even to whoever asks at the same moment", async () => {
    const asked = Array.from({ length: 6 }, () => desk.client.post("/tickets", { conversationId: conversation.id }));
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.detail).toBe(
      "Ticket 1 of this conversation is being worked on; go on there.",
    );
  });

  test.each([{}, { conversationId: newId(), inboxId: newId() }, { inboxId: newId() }])(
    "on %j is refused",
    async (place) => {
      expect((await desk.client.post("/tickets", place)).status).toBe(400);
    },
  );
});

describe("putting a ticket aside", () => {
  test("until a time sets one timer for it, moved when it is put aside again, and taken back when it wakes", async () => {
    const ticket = await buildTicket(api.context, conversation);
    const path = `/tickets/${ticket.id}/snooze`;
    const at = (hours: number): Date => new Date(api.context.clock.now().getTime() + hours * HOUR_MS);
    const [soon, later] = [at(1), at(2)];
    const since = api.context.clock.now().toISOString();
    const first = await desk.client.post(path, { until: soon.toISOString() });
    expect(first.body.data).toMatchObject({ snoozed: { since, until: soon.toISOString() }, version: 2 });
    await desk.client.post(path, { until: later.toISOString() });
    expect(await timersOf(ticket.id)).toMatchObject([{ kind: "wake_ticket", dueAt: later }]);
    const woken = await desk.client.delete(path);
    expect(woken.body.data).toMatchObject({ snoozed: null, status: "open", version: 4 });
    expect(await timersOf(ticket.id)).toEqual([]);
    expect((await desk.client.delete(path)).body.data.version).toBe(4);
    expect((await eventsOf(ticket.id)).map(({ type }) => type)).toEqual([
      "TICKET_SNOOZED",
      "TICKET_SNOOZED",
      "TICKET_WOKEN",
    ]);
  });

  test("until the customer writes sets none, and takes back one that was set", async () => {
    const ticket = await buildTicket(api.context, conversation);
    const path = `/tickets/${ticket.id}/snooze`;
    await desk.client.post(path, { until: new Date(api.context.clock.now().getTime() + HOUR_MS).toISOString() });
    const { body } = await desk.client.post(path, {});
    expect(body.data.snoozed).toMatchObject({ until: null });
    expect(await timersOf(ticket.id)).toEqual([]);
  });

  test("ends with the ticket", async () => {
    const ticket = await buildTicket(api.context, conversation);
    const until = new Date(api.context.clock.now().getTime() + HOUR_MS).toISOString();
    await desk.client.post(`/tickets/${ticket.id}/snooze`, { until });
    const { body } = await desk.client.patch(`/tickets/${ticket.id}`, { status: "resolved" });
    expect(body.data.snoozed).toBeNull();
    expect((await timersOf(ticket.id)).filter(({ kind }) => kind === "wake_ticket")).toEqual([]);
  });

  test("is refused for a time that is past, and for a ticket that has ended", async () => {
    const ticket = await buildTicket(api.context, conversation, { status: "RESOLVED", resolvedAt: new Date() });
    const path = `/tickets/${ticket.id}/snooze`;
    const past = await desk.client.post(path, { until: api.context.clock.now().toISOString() });
    expect(past).toMatchObject({ status: 400, body: { errors: [{ path: "until" }] } });
    expect((await desk.client.post(path, {})).status).toBe(409);
  });
});

test("another company's ticket is no ticket", async () => {
  const ticket = await buildTicket(api.context, conversation);
  const stranger = (await openDesk(api)).client;
  const answers = await Promise.all([
    stranger.get(`/tickets/${ticket.id}`),
    stranger.patch(`/tickets/${ticket.id}`, { status: "closed" }),
    stranger.post(`/tickets/${ticket.id}/assign`, { userId: null }),
    stranger.post(`/tickets/${ticket.id}/snooze`, {}),
    stranger.delete(`/tickets/${ticket.id}/snooze`),
    stranger.post("/tickets", { conversationId: conversation.id }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
  expect(await eventsOf(ticket.id)).toEqual([]);
});
