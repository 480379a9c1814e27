import { newId } from "@parley/runtime";
import {
  buildConversation,
  buildMessage,
  buildTicket,
  buildUser,
  waitUntil,
  type BuiltConversation,
  type BuiltMessage,
  type BuiltTicket,
} from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, readAll, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
/** Two customers, each with a conversation and a ticket. */
let here: BuiltConversation;
let there: BuiltConversation;
let ticket: BuiltTicket;
let other: BuiltTicket;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  here = await newConversation();
  there = await newConversation();
  ticket = await buildTicket(api.context, here, { subject: "Lamp" });
  other = await buildTicket(api.context, there, { subject: "Shade" });
});

const newConversation = (): Promise<BuiltConversation> => buildConversation(api.context, { tenantId: desk.tenant.id });

const resolved = { status: "RESOLVED", resolvedAt: new Date() } as const;

const said = (
  conversation: BuiltConversation,
  { id: ticketId }: { id: string },
  second: number,
): Promise<BuiltMessage> =>
  buildMessage(api.context, conversation, {
    ticketId,
    occurredAt: new Date(second * 1_000),
    content: { text: `Said at ${second}` },
  });

const shown = async (id: string) => (await desk.client.get(`/tickets/${id}`)).body.data;
const shownConversation = async ({ id }: { id: string }) => (await desk.client.get(`/conversations/${id}`)).body.data;
const merge = (id: string, intoTicketId: string) => desk.client.post(`/tickets/${id}/merge`, { intoTicketId });
const split = (id: string, messageIds: string[], subject?: string) =>
  desk.client.post(`/tickets/${id}/split`, { messageIds, ...(subject !== undefined && { subject }) });

const eventsOf = (ticketId: string) =>
  api.context.database.withSystem(async (tx) => {
    const rows = await tx.event.findMany({ where: { ticketId }, orderBy: { seq: "asc" } });
    return rows.map(({ type, data }) => [type, data]);
  });

const messagesOf = async (id: string) =>
  (await readAll(desk.client, `/tickets/${id}/messages?limit=1`)).map((message) => message.id);

const prioritize = (id: string, priority: string) => desk.client.patch(`/tickets/${id}`, { priority });

interface Told {
  id: string;
  ticketId: string;
  type: string;
}

const timelineOf = (id: string, limit: number) =>
  readAll(desk.client, `/tickets/${id}/events?limit=${limit}`) as Promise<Told[]>;

async function linksOf(id: string): Promise<string[]> {
  return (await readAll(desk.client, `/tickets/${id}/links?limit=1`)).map((link) => link.id);
}

describe("merging", () => {
  test("closes one ticket and lets its work go on in the other, with its messages and tags", async () => {
    await api.context.database.withSystem(async (tx) => {
      await tx.ticket.updateMany({ where: { id: ticket.id }, data: { tags: ["b", "c"] } });
      await tx.ticket.updateMany({ where: { id: other.id }, data: { tags: ["a", "b"] } });
    });
    const messages = [await said(here, ticket, 1), await said(there, other, 2), await said(here, ticket, 3)];
    api.context.clock.advance(1_000);
    const { status, body } = await merge(ticket.id, other.id);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ id: other.id, status: "open", tags: ["a", "b", "c"], version: 2 });
    const at = api.context.clock.now().toISOString();
    expect(await shown(ticket.id)).toMatchObject({
      status: "closed",
      mergedIntoId: other.id,
      resolvedAt: at,
      updatedAt: at,
      version: 2,
    });
    expect(await messagesOf(other.id)).toEqual(messages.map(({ id }) => id));
    expect(await messagesOf(ticket.id)).toEqual([]);
    expect([(await shownConversation(here)).status, (await shownConversation(there)).status]).toEqual([
      "resolved",
      "open",
    ]);
    expect(await eventsOf(ticket.id)).toEqual([
      ["STATUS_CHANGED", { from: "open", to: "closed", because: "merged" }],
      ["TICKET_MERGED", { into: { ticketId: other.id, number: 2 } }],
    ]);
    expect(await eventsOf(other.id)).toEqual([
      ["TICKET_CHANGED", { changed: ["tags"], tags: { added: ["c"], removed: [] }, because: "merged" }],
      ["TICKET_MERGED", { from: { ticketId: ticket.id, number: 1 } }],
    ]);
  });

  test("tells nobody outside", async () => {
    await said(here, ticket, 1);
    await merge(ticket.id, other.id);
    const { tenantId } = ticket;
    const sent = await api.context.database.withSystem((tx) =>
      tx.message.count({ where: { tenantId, direction: "OUTBOUND" } }),
    );
    expect(sent).toBe(0);
    const timers = await api.context.database.withSystem((tx) => tx.timer.count({ where: { tenantId } }));
    expect(timers).toBe(0);
  });

  test("takes along links and followers, each once, and no link to itself", async () => {
    const [{ id: first }, { id: second }] = [
      await buildUser(api.context, { tenantId: desk.tenant.id }),
      await buildUser(api.context, { tenantId: desk.tenant.id }),
    ];
    const third = await buildTicket(api.context, await newConversation());
    await api.context.database.withSystem((tx) =>
      tx.ticketFollower.createMany({
        data: [
          { tenantId: desk.tenant.id, ticketId: ticket.id, userId: first },
          { tenantId: desk.tenant.id, ticketId: ticket.id, userId: second },
          { tenantId: desk.tenant.id, ticketId: other.id, userId: second },
        ],
      }),
    );
    for (const linked of [other, third]) await desk.client.put(`/tickets/${ticket.id}/links/${linked.id}`);
    await merge(ticket.id, other.id);
    expect([await linksOf(ticket.id), await linksOf(other.id), await linksOf(third.id)]).toEqual([
      [],
      [third.id],
      [other.id],
    ]);
    const followers = await api.context.database.withSystem((tx) =>
      tx.ticketFollower.findMany({ where: { tenantId: desk.tenant.id } }),
    );
    expect(followers.map(({ ticketId, userId }) => `${ticketId} ${userId}`).toSorted()).toEqual(
      [first, second].map((userId) => `${other.id} ${userId}`).toSorted(),
    );
  });

  test("wakes what was put aside, and its timer is gone", async () => {
    const until = new Date(api.context.clock.now().getTime() + 3_600_000).toISOString();
    await desk.client.post(`/tickets/${ticket.id}/snooze`, { until });
    await merge(ticket.id, other.id);
    expect((await shown(ticket.id)).snoozed).toBeNull();
    const timers = await api.context.database.withSystem((tx) => tx.timer.count({ where: { subjectId: ticket.id } }));
    expect(timers).toBe(0);
  });

  test("what was merged before counts as merged into the last, one step away", async () => {
    const third = await buildTicket(api.context, await newConversation());
    const messages = [await said(here, ticket, 1), await said(there, other, 2)];
    await merge(ticket.id, other.id);
    await merge(other.id, third.id);
    expect([(await shown(ticket.id)).mergedIntoId, (await shown(other.id)).mergedIntoId]).toEqual([third.id, third.id]);
    expect(await messagesOf(third.id)).toEqual(messages.map(({ id }) => id));
  });

  test("an ended ticket may be merged, and stays as ended as it was", async () => {
    const ended = await buildTicket(api.context, await newConversation(), resolved);
    await merge(ended.id, other.id);
    expect(await shown(ended.id)).toMatchObject({
      status: "closed",
      resolvedAt: resolved.resolvedAt.toISOString(),
      mergedIntoId: other.id,
    });
  });

  test("is refused into itself, into what is merged or ended, and for what is merged", async () => {
    expect(await merge(ticket.id, ticket.id)).toMatchObject({
      status: 400,
      body: { errors: [{ path: "intoTicketId" }] },
    });
    const ended = await buildTicket(api.context, await newConversation(), resolved);
    expect((await merge(ticket.id, ended.id)).body).toMatchObject({
      status: 409,
      detail: "Ticket 3 is resolved; reopen it first.",
    });
    await merge(ticket.id, other.id);
    expect((await merge(ticket.id, other.id)).body.detail).toBe("This ticket was merged into another; go on there.");
    const third = await buildTicket(api.context, here);
    expect((await merge(third.id, ticket.id)).body.detail).toBe(
      "Ticket 1 was itself merged into another; merge into that one.",
    );
  });

  test("ends every other way of going on with it", async () => {
    const message = await said(here, ticket, 1);
    await merge(ticket.id, other.id);
    const manager = desk.as({
      userId: (await buildUser(api.context, { tenantId: desk.tenant.id, role: "MANAGER" })).id,
    });
    const answers = await Promise.all([
      manager.patch(`/tickets/${ticket.id}`, { status: "open" }),
      manager.patch(`/tickets/${ticket.id}`, { priority: "low" }),
      manager.post(`/tickets/${ticket.id}/assign`, { userId: desk.agent.id }),
      manager.post(`/tickets/${ticket.id}/snooze`, {}),
      manager.post(`/tickets/${ticket.id}/split`, { messageIds: [message.id] }),
      manager.put(`/tickets/${ticket.id}/links/${other.id}`),
      manager.put(`/tickets/${other.id}/links/${ticket.id}`),
      manager.post(`/tickets/${ticket.id}/messages`, { body: "Hello" }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 409));
  });

  test("what is written in the conversation of a merged ticket belongs to the one that goes on", async () => {
    await merge(ticket.id, other.id);
    const { body } = await desk.client.post(`/conversations/${here.id}/messages`, { type: "text", text: "Hello" });
    expect(body.data).toMatchObject({ ticketId: other.id, conversationId: here.id });
    expect(await messagesOf(other.id)).toEqual([body.data.id]);
    await api.context.database.withSystem((tx) =>
      tx.conversation.updateMany({ where: { id: here.id }, data: { status: "OPEN" } }),
    );
    await desk.client.patch(`/tickets/${other.id}`, { status: "resolved" });
    expect((await shownConversation(here)).status).toBe("resolved");
  });

  test("of two that are merged into one another at the same moment, one is", async () => {
    const answers = await Promise.all([merge(ticket.id, other.id), merge(other.id, ticket.id)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  });

  test("of many at once into one, all are, and none of a message's tickets is lost", async () => {
    const sources = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const conversation = await newConversation();
        const source = await buildTicket(api.context, conversation);
        return { source, message: await said(conversation, source, 1) };
      }),
    );
    const answers = await Promise.all(sources.map(({ source }) => merge(source.id, other.id)));
    expect(answers.map(({ status }) => status)).toEqual(sources.map(() => 200));
    expect((await messagesOf(other.id)).toSorted()).toEqual(sources.map(({ message }) => message.id).toSorted());
    expect((await shown(other.id)).version).toBe(7);
  });

  test("of a repetition under one Idempotency-Key is answered as the first was", async () => {
    const headers = { "idempotency-key": newId() };
    const path = `/tickets/${ticket.id}/merge`;
    const first = await desk.client.post(path, { intoTicketId: other.id }, headers);
    const again = await desk.client.post(path, { intoTicketId: other.id }, headers);
    expect([again.status, again.body]).toEqual([200, first.body]);
  });
});

describe("the timeline of a ticket that others were merged into", () => {
  test("tells what happened to all of them, in order, in pages of any size", async () => {
    await prioritize(ticket.id, "low");
    await prioritize(other.id, "high");
    await prioritize(ticket.id, "urgent");
    await merge(ticket.id, other.id);
    await prioritize(other.id, "low");
    const expected = [
      [ticket.id, "priority_changed"],
      [other.id, "priority_changed"],
      [ticket.id, "priority_changed"],
      [ticket.id, "status_changed"],
      [ticket.id, "ticket_merged"],
      [other.id, "ticket_merged"],
      [other.id, "priority_changed"],
    ];
    const told = async (limit: number): Promise<string[][]> =>
      (await timelineOf(other.id, limit)).map(({ ticketId, type }) => [ticketId, type]);
    // Another suite's transaction on the same server may still be open.
    await waitUntil(async () => (await told(50)).length === expected.length, "every older transaction has ended");
    for (const limit of [50, 1, 2, 3]) expect([limit, await told(limit)]).toEqual([limit, expected]);
    expect(await timelineOf(ticket.id, 50)).toHaveLength(4);
  });
});

describe("splitting", () => {
  test("opens a ticket beside it with the messages, for the same people and as urgent", async () => {
    await api.context.database.withSystem((tx) =>
      tx.ticket.updateMany({ where: { id: ticket.id }, data: { priority: "URGENT", assigneeId: desk.agent.id } }),
    );
    const messages = [await said(here, ticket, 1), await said(here, ticket, 2), await said(here, ticket, 3)];
    const [first, second, third] = messages.map(({ id }) => id);
    const { status, body } = await split(ticket.id, [third ?? "", second ?? "", second ?? ""]);
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      number: 3,
      conversationId: here.id,
      contactId: here.contactId,
      inboxId: here.inboxId,
      channel: "whatsapp",
      status: "open",
      priority: "urgent",
      assigneeId: desk.agent.id,
      subject: "Said at 2",
      splitFromId: ticket.id,
      version: 1,
    });
    expect(await messagesOf(body.data.id)).toEqual([second, third]);
    expect(await messagesOf(ticket.id)).toEqual([first]);
    expect(await shown(ticket.id)).toMatchObject({ status: "open", version: 2 });
    expect(await eventsOf(ticket.id)).toEqual([
      ["TICKET_SPLIT", { into: { ticketId: body.data.id, number: 3 }, messages: 2 }],
    ]);
    expect(await eventsOf(body.data.id)).toEqual([
      [
        "TICKET_OPENED",
        {
          because: "split",
          from: { ticketId: ticket.id, number: 1 },
          to: { userId: desk.agent.id, teamId: null },
        },
      ],
    ]);
  });

  test("leaves the conversation to the ticket that it was", async () => {
    const message = await said(here, ticket, 1);
    await said(here, ticket, 2);
    const { body } = await split(ticket.id, [message.id], "Shade");
    expect(body.data.subject).toBe("Shade");
    await desk.client.patch(`/tickets/${body.data.id}`, { status: "pending", assigneeId: desk.agent.id });
    expect(await shownConversation(here)).toMatchObject({ status: "open", assigneeId: null });
    const { body: sent } = await desk.client.post(`/conversations/${here.id}/messages`, {
      type: "text",
      text: "Hello",
    });
    expect(sent.data.ticketId).toBe(ticket.id);
  });

  test("is refused for messages of others, of several conversations, for all of them and for none", async () => {
    const message = await said(here, ticket, 1);
    const strange = await said(there, other, 1);
    for (const [ids, path] of [
      [[message.id, strange.id], "messageIds.1"],
      [[newId()], "messageIds.0"],
      [[message.id], "messageIds"],
      [[], "messageIds"],
    ] as const) {
      const { status, body } = await split(ticket.id, [...ids]);
      expect([status, body.errors?.[0]?.path]).toEqual([400, path]);
    }
    await merge(other.id, ticket.id);
    await said(here, ticket, 3);
    expect((await split(ticket.id, [message.id, strange.id])).body.detail).toContain("must be of one conversation");
  });

  test("takes what came with a merged ticket back to its own conversation", async () => {
    const strange = await said(there, other, 1);
    await said(here, ticket, 2);
    await merge(other.id, ticket.id);
    const { body } = await split(ticket.id, [strange.id]);
    expect(body.data).toMatchObject({ conversationId: there.id, contactId: there.contactId, splitFromId: ticket.id });
    expect(await messagesOf(body.data.id)).toEqual([strange.id]);
  });

  test("undone by merging leaves one ticket with all the messages", async () => {
    const messages = [await said(here, ticket, 1), await said(here, ticket, 2)];
    const { body } = await split(ticket.id, [messages[0]?.id ?? ""]);
    expect((await merge(body.data.id, ticket.id)).status).toBe(200);
    expect(await messagesOf(ticket.id)).toEqual(messages.map(({ id }) => id));
    expect(await shownConversation(here)).toMatchObject({ status: "open" });
  });

  test("of which the first ticket is merged into the one beside it, that one stands in its place", async () => {
    const message = await said(here, ticket, 1);
    await said(here, ticket, 2);
    const { body } = await split(ticket.id, [message.id]);
    await desk.client.patch(`/tickets/${body.data.id}`, { status: "pending", assigneeId: desk.agent.id });
    const merged = await merge(ticket.id, body.data.id);
    expect(merged.body.data).toMatchObject({ id: body.data.id, splitFromId: null });
    expect(await shownConversation(here)).toMatchObject({ status: "pending", assigneeId: desk.agent.id });
    expect((await desk.client.post("/tickets", { conversationId: here.id })).status).toBe(409);
  });

  test("of one message by two at once, one has it", async () => {
    const message = await said(here, ticket, 1);
    await said(here, ticket, 2);
    const answers = await Promise.all([split(ticket.id, [message.id]), split(ticket.id, [message.id])]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 400]);
    const count = await api.context.database.withSystem((tx) => tx.ticket.count({ where: { splitFromId: ticket.id } }));
    expect(count).toBe(1);
  });
});

describe("linking", () => {
  test("is mutual, and once", async () => {
    const third = await buildTicket(api.context, await newConversation());
    for (const linked of [other.id, third.id, other.id]) {
      expect((await desk.client.put(`/tickets/${ticket.id}/links/${linked}`)).status).toBe(204);
    }
    expect(await linksOf(ticket.id)).toEqual([third.id, other.id]);
    expect((await desk.client.get(`/tickets/${other.id}/links`)).body.data).toEqual([
      {
        id: ticket.id,
        number: 1,
        subject: "Lamp",
        status: "open",
        priority: "normal",
        assigneeId: null,
        teamId: null,
        linkedAt: api.context.clock.now().toISOString(),
      },
    ]);
    expect(await eventsOf(other.id)).toEqual([["TICKET_LINKED", { with: { ticketId: ticket.id, number: 1 } }]]);
    expect(await eventsOf(ticket.id)).toHaveLength(2);
    expect((await shown(ticket.id)).version).toBe(1);
  });

  test("is taken away from either side", async () => {
    await desk.client.put(`/tickets/${ticket.id}/links/${other.id}`);
    expect((await desk.client.delete(`/tickets/${other.id}/links/${ticket.id}`)).status).toBe(204);
    expect([await linksOf(ticket.id), await linksOf(other.id)]).toEqual([[], []]);
    expect((await eventsOf(ticket.id)).map(([type]) => type)).toEqual(["TICKET_LINKED", "TICKET_UNLINKED"]);
    expect((await desk.client.delete(`/tickets/${other.id}/links/${ticket.id}`)).status).toBe(404);
  });

  test("is refused with itself, and beyond a hundred", async () => {
    expect((await desk.client.put(`/tickets/${ticket.id}/links/${ticket.id}`)).status).toBe(409);
    const { tenantId } = ticket;
    for (let index = 0; index < 100; index += 1) {
      const linked = await buildTicket(api.context, there, resolved);
      await api.context.database.withSystem((tx) =>
        tx.ticketLink.create({ data: { tenantId, ticketId: ticket.id, linkedId: linked.id } }),
      );
    }
    const { status, body } = await desk.client.put(`/tickets/${other.id}/links/${ticket.id}`);
    expect([status, body.detail]).toEqual([409, "Ticket 1 has 100 links already; take one away first."]);
  });
});

test("another company's tickets are none", async () => {
  const message = await said(here, ticket, 1);
  const stranger = await openDesk(api);
  const theirs = await buildTicket(api.context, await buildConversation(api.context, { tenantId: stranger.tenant.id }));
  const answers = await Promise.all([
    stranger.client.post(`/tickets/${ticket.id}/merge`, { intoTicketId: theirs.id }),
    stranger.client.post(`/tickets/${ticket.id}/split`, { messageIds: [message.id] }),
    stranger.client.get(`/tickets/${ticket.id}/links`),
    stranger.client.put(`/tickets/${theirs.id}/links/${ticket.id}`),
    stranger.client.put(`/tickets/${ticket.id}/links/${theirs.id}`),
    stranger.client.delete(`/tickets/${ticket.id}/links/${other.id}`),
    stranger.client.post(`/tickets/${theirs.id}/merge`, { intoTicketId: ticket.id }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404, 400]);
  expect(await eventsOf(ticket.id)).toEqual([]);
});
