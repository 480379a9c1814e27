import { outboundQueue } from "@parley/core/outbound-queue";
import { timerQueue } from "@parley/core/timers";
import { newId } from "@parley/runtime";
import {
  buildConversation,
  buildMessage,
  buildTicket,
  buildUser,
  type BuiltConversation,
  type BuiltTicket,
} from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { makeKey } from "../auth/api-key.fixture.ts";
import { openDesk, openDeskForEachTest, type Answer, type Desk } from "./desk.fixture.ts";

const HOUR_MS = 3_600_000;

let api: TestApi;
let desk: Desk;
let conversation: BuiltConversation;
let ticket: BuiltTicket;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  conversation = await buildConversation(api.context, { tenantId: desk.tenant.id });
  ticket = await buildTicket(api.context, conversation);
});

const inMs = (ms: number): string => new Date(api.context.clock.now().getTime() + ms).toISOString();

/** To the conversation. */
const send = (more: object = {}): Promise<Answer> =>
  desk.client.post(`/conversations/${conversation.id}/messages`, { type: "text", text: "Hello", ...more });
/** To the ticket. */
const answer = (more: object = {}): Promise<Answer> =>
  desk.client.post(`/tickets/${ticket.id}/messages`, { body: "Hello", ...more });
const show = async (path: string) => (await desk.client.get(path)).body.data;
const cancel = (id: string): Promise<Answer> => desk.client.post(`/messages/${id}/cancel`);

async function eventsOf(where: { messageId?: string; ticketId?: string }) {
  return api.context.database.withSystem((tx) => tx.event.findMany({ where, orderBy: { seq: "asc" } }));
}

/** Subjects of the jobs on a queue. */
async function jobsOn(queue: typeof timerQueue | typeof outboundQueue): Promise<string[]> {
  const jobs = await api.context.jobsOn(queue);
  return jobs.map(
    ({ payload }) => Object.entries(payload as object).find(([key]) => /^(message|subject)Id$/.test(key))?.[1],
  );
}

describe.each([
  ["POST /conversations/:id/messages", send],
  ["POST /tickets/:id/messages", answer],
])("%s", (_name, write) => {
  test("with sendAt schedules the message", async () => {
    const sendAt = inMs(HOUR_MS);
    const { status, body } = await write({ sendAt });
    expect(status).toBe(201);
    expect(body.data).toMatchObject({ status: "scheduled", scheduledFor: sendAt, ticketId: ticket.id, mentions: [] });
    expect(await jobsOn(outboundQueue)).not.toContain(body.data.id);
    expect((await show(`/tickets/${ticket.id}`)).firstResponseAt).toBeNull();
  });

  test("with a sendAt that is near publishes its timer", async () => {
    const { body } = await write({ sendAt: inMs(1_000) });
    expect(await jobsOn(timerQueue)).toContain(body.data.id);
  });

  test("with undoSeconds lets the message leave only then", async () => {
    const { body } = await write({ undoSeconds: 30 });
    expect(body.data).toMatchObject({ status: "queued", scheduledFor: null });
    const row = await api.context.database.withSystem((tx) => tx.message.findFirst({ where: { id: body.data.id } }));
    expect(row?.nextAttemptAt?.toISOString()).toBe(inMs(30_000));
  });

  test("answers a message by the provider's id", async () => {
    const question = await buildMessage(api.context, conversation);
    const { body } = await write({ replyToMessageId: question.id });
    expect(body.data.replyToExternalId).toBe(question.externalId);
    const note = await write({ isInternal: true });
    const unsent = await write({ replyToMessageId: note.body.data.id });
    expect(unsent).toMatchObject({ status: 400, body: { errors: [{ path: "replyToMessageId" }] } });
  });

  test("with thenStatus moves the ticket in the same transaction", async () => {
    const { body } = await write({ thenStatus: "waiting_customer" });
    expect(await show(`/tickets/${ticket.id}`)).toMatchObject({ status: "waiting_customer" });
    expect((await show(`/conversations/${conversation.id}`)).status).toBe("pending");
    expect((await eventsOf({ ticketId: ticket.id })).map(({ type }) => type)).toEqual([
      "MESSAGE_QUEUED",
      "STATUS_CHANGED",
    ]);
    expect(body.data.status).toBe("queued");
  });

  test("refuses to write to a contact who is blocked, but takes a note", async () => {
    await api.context.database.withSystem((tx) =>
      tx.contact.updateMany({ where: { id: conversation.contactId }, data: { blockedAt: new Date() } }),
    );
    for (const more of [{}, { sendAt: inMs(HOUR_MS) }, { undoSeconds: 5 }]) {
      const refused = await write(more);
      expect(refused).toMatchObject({
        status: 403,
        body: { code: "forbidden", detail: expect.stringContaining("blocked") },
      });
    }
    expect((await write({ isInternal: true })).status).toBe(201);
  });

  test.each([
    ["a sendAt that is over", () => ({ sendAt: inMs(-1) }), "sendAt"],
    ["a sendAt of this very moment", () => ({ sendAt: inMs(0) }), "sendAt"],
    ["a sendAt in two years", () => ({ sendAt: inMs(2 * 366 * 24 * HOUR_MS) }), "sendAt"],
    ["a sendAt without an offset", () => ({ sendAt: "2027-01-01T00:00:00" }), "sendAt"],
    ["a note for later", () => ({ sendAt: inMs(HOUR_MS), isInternal: true }), "sendAt"],
    ["a note to be undone", () => ({ undoSeconds: 5, isInternal: true }), "undoSeconds"],
    ["what is for later and to be undone", () => ({ undoSeconds: 5, sendAt: inMs(HOUR_MS) }), "undoSeconds"],
    ["a status that is to follow what can be undone", () => ({ undoSeconds: 5, thenStatus: "resolved" }), "thenStatus"],
    ["a status that is to follow later", () => ({ sendAt: inMs(HOUR_MS), thenStatus: "resolved" }), "thenStatus"],
    ["31 seconds", () => ({ undoSeconds: 31 }), "undoSeconds"],
    ["a half second", () => ({ undoSeconds: 0.5 }), "undoSeconds"],
    ["mentions in what the customer reads", () => ({ mentions: [desk.agent.id] }), "mentions"],
    ["a mention of nobody", () => ({ isInternal: true, mentions: [desk.agent.id, newId()] }), "mentions"],
    ["a status that there is not", () => ({ thenStatus: "done" }), "thenStatus"],
  ])("refuses %s", async (_what, more, at) => {
    const refused = await write(more());
    expect(refused).toMatchObject({ status: 400, body: { code: "validation_failed", errors: [{ path: at }] } });
    expect(await eventsOf({ ticketId: ticket.id })).toEqual([]);
  });
});

test("nothing is written when the ticket cannot have the status that is to follow", async () => {
  await desk.client.patch(`/tickets/${ticket.id}`, { status: "closed" });
  expect(await answer({ thenStatus: "pending" })).toMatchObject({ status: 409, body: { code: "conflict" } });
  expect(await show(`/tickets/${ticket.id}/messages`)).toEqual([]);
  expect((await eventsOf({ ticketId: ticket.id })).map(({ type }) => type)).toEqual(["STATUS_CHANGED"]);
});

test("a ticket that was merged takes neither messages nor notes: its work goes on in the other", async () => {
  const elsewhere = await buildConversation(api.context, { tenantId: desk.tenant.id });
  const other = await buildTicket(api.context, elsewhere);
  await api.context.database.withSystem((tx) =>
    tx.ticket.updateMany({ where: { id: ticket.id }, data: { status: "CLOSED", mergedIntoId: other.id } }),
  );
  expect([(await answer()).status, (await answer({ isInternal: true })).status]).toEqual([409, 409]);
  const sent = await send({ thenStatus: "waiting_customer" });
  expect(sent.body.data).toMatchObject({ conversationId: conversation.id, ticketId: other.id });
  expect((await show(`/tickets/${other.id}`)).status).toBe("waiting_customer");
});

test("a note may be what closes a ticket", async () => {
  await answer({ isInternal: true, thenStatus: "closed" });
  expect((await show(`/tickets/${ticket.id}`)).status).toBe("closed");
});

test("thenStatus without a ticket is refused", async () => {
  conversation = await buildConversation(api.context, { tenantId: desk.tenant.id });
  expect(await send({ thenStatus: "resolved" })).toMatchObject({
    status: 400,
    body: { errors: [{ path: "thenStatus" }] },
  });
});

test("thenStatus needs the right to change tickets", async () => {
  const owner = desk.as({ role: "OWNER" });
  const { key } = await makeKey(api, { tenantId: desk.tenant.id, owner, scopes: ["messages.send"] });
  const ask = (payload: object) =>
    api.app.inject({
      method: "POST",
      url: `/api/v1/tickets/${ticket.id}/messages`,
      headers: { "x-api-key": key },
      payload,
    });
  expect((await ask({ body: "Hello", thenStatus: "resolved" })).statusCode).toBe(403);
  expect((await ask({ body: "Hello", fromDraft: true })).statusCode).toBe(403);
  expect((await ask({ body: "Hello" })).statusCode).toBe(201);
});

describe("a note that mentions colleagues", () => {
  test("names them, and makes them followers of its ticket", async () => {
    const colleague = await buildUser(api.context, { tenantId: desk.tenant.id });
    const mentions = [colleague.id, desk.agent.id].toSorted();
    const { body } = await answer({ isInternal: true, mentions: [...mentions, colleague.id] });
    expect(body.data).toMatchObject({ isInternal: true, mentions });
    expect((await show(`/messages/${body.data.id}`)).mentions).toEqual(mentions);
    const followers = await show(`/tickets/${ticket.id}/followers`);
    expect(followers.map(({ userId }: { userId: string }) => userId).toSorted()).toEqual(mentions);
    const events = await eventsOf({ ticketId: ticket.id });
    expect(events.map(({ type, data }) => ({ type, data }))).toEqual([
      ...mentions.map((userId) => ({ type: "TICKET_FOLLOWED", data: { userId, because: "mentioned" } })),
      { type: "NOTE_ADDED", data: { type: "text", mentions } },
    ]);
  });

  test("does not make anybody follow twice", async () => {
    await answer({ isInternal: true, mentions: [desk.agent.id] });
    await answer({ isInternal: true, mentions: [desk.agent.id] });
    const types = (await eventsOf({ ticketId: ticket.id })).map(({ type }) => type);
    expect(types).toEqual(["TICKET_FOLLOWED", "NOTE_ADDED", "NOTE_ADDED"]);
  });

  test("cannot name people of another company", async () => {
    const stranger = (await openDesk(api)).agent;
    const refused = await answer({ isInternal: true, mentions: [stranger.id] });
    const unknown = await answer({ isInternal: true, mentions: [newId()] });
    expect([refused.status, refused.body.errors]).toEqual([400, unknown.body.errors]);
  });

  test("is in the list of those whom it mentions, newest first, and in nobody else's", async () => {
    const colleague = await buildUser(api.context, { tenantId: desk.tenant.id });
    const first = (await answer({ isInternal: true, mentions: [colleague.id] })).body.data;
    const second = (await send({ isInternal: true, mentions: [colleague.id, desk.agent.id] })).body.data;
    const list = await desk.as({ userId: colleague.id }).get("/mentions?limit=1");
    expect(list.body.data).toEqual([
      {
        messageId: second.id,
        conversationId: conversation.id,
        ticketId: ticket.id,
        mentionedBy: desk.agent.id,
        createdAt: second.createdAt,
      },
    ]);
    const rest = await desk.as({ userId: colleague.id }).get(`/mentions?cursor=${list.body.page.nextCursor}`);
    expect(rest.body).toMatchObject({ data: [{ messageId: first.id }], page: { nextCursor: null } });
    expect((await show("/mentions")).map(({ messageId }: { messageId: string }) => messageId)).toEqual([second.id]);
    expect((await desk.client.get("/mentions?cursor=x")).status).toBe(400);
  });
});

describe("POST /messages/:id/cancel", () => {
  test("takes a message back, with what it made of conversation and ticket", async () => {
    const previous = await buildMessage(api.context, conversation, { occurredAt: new Date(0) });
    const { id } = (await answer({ undoSeconds: 10 })).body.data;
    expect((await show(`/tickets/${ticket.id}`)).firstResponseAt).not.toBeNull();
    expect(await cancel(id)).toMatchObject({ status: 200, body: { data: { id, status: "cancelled" } } });
    expect((await show(`/tickets/${ticket.id}`)).firstResponseAt).toBeNull();
    expect((await show(`/conversations/${conversation.id}`)).lastMessage.id).toBe(previous.id);
    expect((await eventsOf({ messageId: id })).map(({ type, data }) => [type, data])).toEqual([
      ["MESSAGE_QUEUED", { type: "text" }],
      ["MESSAGE_CANCELLED", { from: "queued" }],
    ]);
  });

  test("leaves the first response and the last message to those whose they are", async () => {
    const first = (await answer()).body.data;
    const firstResponseAt = api.context.clock.now().toISOString();
    api.context.clock.advance(1_000);
    const mistake = (await answer({ undoSeconds: 10 })).body.data;
    api.context.clock.advance(1_000);
    const last = (await answer()).body.data;
    await cancel(mistake.id);
    expect((await show(`/tickets/${ticket.id}`)).firstResponseAt).toBe(firstResponseAt);
    expect((await show(`/conversations/${conversation.id}`)).lastMessage.id).toBe(last.id);
    await cancel(first.id);
    expect((await show(`/tickets/${ticket.id}`)).firstResponseAt).toBe(last.createdAt);
  });

  test("does not take the first response from a message of the same moment", async () => {
    await answer();
    const { firstResponseAt } = await show(`/tickets/${ticket.id}`);
    await cancel((await answer({ undoSeconds: 10 })).body.data.id);
    expect((await show(`/tickets/${ticket.id}`)).firstResponseAt).toBe(firstResponseAt);
  });

  test("wakes what waits behind", async () => {
    const front = (await send({ undoSeconds: 30 })).body.data;
    const behind = (await send()).body.data;
    expect(await jobsOn(outboundQueue)).not.toContain(behind.id);
    await cancel(front.id);
    await expect.poll(() => jobsOn(outboundQueue)).toContain(behind.id);
  });

  test.each(["SENDING", "UNKNOWN", "SENT", "FAILED", "CANCELLED", "DELIVERED", "READ"] as const)(
    "refuses a message that is %s",
    async (status) => {
      const { id } = await buildMessage(api.context, conversation, { direction: "OUTBOUND", status });
      expect(await cancel(id)).toMatchObject({ status: 409, body: { code: "conflict" } });
      expect((await show(`/messages/${id}`)).status).toBe(status.toLowerCase());
    },
  );

  test("refuses a message of the customer, and a note", async () => {
    const inbound = await buildMessage(api.context, conversation);
    const note = (await send({ isInternal: true })).body.data;
    expect([(await cancel(inbound.id)).status, (await cancel(note.id)).status]).toEqual([409, 409]);
  });

  test("does not know messages of others", async () => {
    const { id } = (await send({ undoSeconds: 30 })).body.data;
    const stranger = (await openDesk(api)).client;
    expect([(await stranger.post(`/messages/${id}/cancel`)).status, (await cancel(newId())).status]).toEqual([
      404, 404,
    ]);
    expect((await show(`/messages/${id}`)).status).toBe("queued");
  });

  test("is repeated under an Idempotency-Key as it was", async () => {
    const { id } = (await send({ undoSeconds: 30 })).body.data;
    const key = { "idempotency-key": newId() };
    const first = await desk.client.post(`/messages/${id}/cancel`, undefined, key);
    const again = await desk.client.post(`/messages/${id}/cancel`, undefined, key);
    expect([again.status, again.body]).toEqual([200, first.body]);
  });
});

describe("PATCH /messages/:id", () => {
  test("gives a scheduled message another time", async () => {
    const { id } = (await send({ sendAt: inMs(HOUR_MS) })).body.data;
    const sendAt = inMs(2 * HOUR_MS);
    const changed = await desk.client.patch(`/messages/${id}`, { sendAt });
    expect(changed).toMatchObject({ status: 200, body: { data: { status: "scheduled", scheduledFor: sendAt } } });
  });

  test("refuses any other message, a time that is over, and what it does not know", async () => {
    const { id } = (await send()).body.data;
    const sendAt = inMs(HOUR_MS);
    expect(await desk.client.patch(`/messages/${id}`, { sendAt })).toMatchObject({ status: 409 });
    const later = (await send({ sendAt })).body.data;
    for (const payload of [{ sendAt: inMs(-1) }, {}, { sendAt, text: "Other" }]) {
      expect((await desk.client.patch(`/messages/${later.id}`, payload)).status).toBe(400);
    }
    const stranger = (await openDesk(api)).client;
    expect((await stranger.patch(`/messages/${later.id}`, { sendAt })).status).toBe(404);
    expect((await desk.client.patch(`/messages/${newId()}`, { sendAt })).status).toBe(404);
  });
});

test("messages are filtered by their new statuses", async () => {
  const scheduled = (await send({ sendAt: inMs(HOUR_MS) })).body.data;
  const cancelled = (await send({ undoSeconds: 5 })).body.data;
  await cancel(cancelled.id);
  expect(await show("/messages?status=scheduled")).toMatchObject([{ id: scheduled.id }]);
  expect(await show("/messages?status=cancelled")).toMatchObject([{ id: cancelled.id }]);
});
