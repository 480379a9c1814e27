import { outboundQueue } from "@parley/core/outbound-queue";
import { newId } from "@parley/runtime";
import { buildConversation, buildInbox, buildMessage, buildTicket, type BuiltConversation } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDeskForEachTest, readAll, type Answer, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let conversation: BuiltConversation;
let path: string;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  conversation = await buildConversation(api.context, { tenantId: desk.tenant.id, unreadCount: 2 });
  path = `/conversations/${conversation.id}/messages`;
});

const text = (words: string): object => ({ type: "text", text: words });

async function jobsOf(messageId: string): Promise<string[]> {
  const jobs = await api.context.jobsOn(outboundQueue);
  return jobs.filter((job) => (job.payload as { messageId: string }).messageId === messageId).map((job) => job.id);
}

function eventsOf(messageId: string): Promise<{ type: string }[]> {
  return api.context.database.withSystem((tx) => tx.event.findMany({ where: { messageId }, orderBy: { seq: "asc" } }));
}

describe("POST /conversations/:id/messages", () => {
  test("queues the message, with its event and the job that sends it", async () => {
    const ticket = await buildTicket(api.context, conversation);
    const answer = await desk.client.post(path, text("It is on its way."));
    expect(answer.status).toBe(201);
    expect(answer.body.data).toMatchObject({
      conversationId: conversation.id,
      inboxId: conversation.inboxId,
      ticketId: ticket.id,
      direction: "outbound",
      type: "text",
      status: "queued",
      senderType: "agent",
      senderId: desk.agent.id,
      content: { text: "It is on its way." },
      attachments: [],
      externalId: null,
      isInternal: false,
      error: null,
      sentAt: null,
    });
    const { id } = answer.body.data;
    expect(await jobsOf(id)).toEqual([`send-${id}`]);
    expect(await eventsOf(id)).toMatchObject([
      { type: "MESSAGE_QUEUED", actorType: "AGENT", actorId: desk.agent.id, ticketId: ticket.id },
    ]);
  });

  test("makes it the conversation's last message, and the ticket's first response", async () => {
    const ticket = await buildTicket(api.context, conversation);
    const first = await desk.client.post(path, text("First"));
    const respondedAt = api.context.clock.now().toISOString();
    api.context.clock.advance(60_000);
    const second = await desk.client.post(path, text("Second"));
    const shown = await desk.client.get(`/conversations/${conversation.id}`);
    expect(shown.body.data).toMatchObject({
      lastMessage: { id: second.body.data.id, content: { text: "Second" }, status: "queued" },
      unreadCount: 0,
      version: 3,
    });
    expect(first.body.data.ticketId).toBe(ticket.id);
    expect((await desk.client.get(`/tickets/${ticket.id}`)).body.data.firstResponseAt).toBe(respondedAt);
  });

  test("keeps a note from the contact: no job, no last message, no first response", async () => {
    const ticket = await buildTicket(api.context, conversation);
    const note = await desk.client.post(path, { ...text("Ask the warehouse"), isInternal: true });
    expect(note.body.data).toMatchObject({ isInternal: true, status: "sent", direction: "outbound" });
    expect(await jobsOf(note.body.data.id)).toEqual([]);
    expect(await eventsOf(note.body.data.id)).toMatchObject([{ type: "NOTE_ADDED" }]);
    const shown = await desk.client.get(`/conversations/${conversation.id}`);
    expect(shown.body.data).toMatchObject({ lastMessage: null, unreadCount: 2 });
    expect((await desk.client.get(`/tickets/${ticket.id}`)).body.data.firstResponseAt).toBeNull();
  });

  test("gives messages accepted in the same millisecond an order, under concurrency too", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_empty, index) => desk.client.post(path, text(`${index}`))),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 10 }, () => 201));
    const rows = await api.context.database.withSystem((tx) =>
      tx.message.findMany({ where: { conversationId: conversation.id }, select: { occurredAt: true } }),
    );
    expect(new Set(rows.map((row) => row.occurredAt.getTime())).size).toBe(10);
    const seqs = await api.context.database.withSystem((tx) =>
      tx.event.findMany({ where: { conversationId: conversation.id }, orderBy: { seq: "asc" } }),
    );
    const thread = await readAll(desk.client, `${path}?limit=3`);
    expect(thread.map((message) => message.id)).toEqual(seqs.map((event) => event.messageId));
  });

  test("answers a message by the provider's id", async () => {
    const question = await buildMessage(api.context, conversation);
    const answer = await desk.client.post(path, { ...text("Yes"), replyToMessageId: question.id });
    expect(answer.body.data.replyToExternalId).toBe(question.externalId);
    const elsewhere = await buildMessage(
      api.context,
      await buildConversation(api.context, { tenantId: desk.tenant.id }),
    );
    const refused = await desk.client.post(path, { ...text("Yes"), replyToMessageId: elsewhere.id });
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toMatchObject([{ path: "replyToMessageId" }]);
  });

  test.each([
    ["an empty text", { type: "text", text: "  " }, "text"],
    ["a text over 4096 characters", { type: "text", text: "x".repeat(4_097) }, "text"],
    ["NUL", { type: "text", text: "a\u0000b" }, "text"],
    ["half a surrogate pair", { type: "text", text: "a\ud800b" }, "text"],
    ["an unknown field", { type: "text", text: "a", tenantId: newId() }, "tenantId"],
    ["another type", { type: "image", text: "a" }, "type"],
  ])("refuses %s", async (_name, payload, at) => {
    const answer = await desk.client.post(path, payload);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: "validation_failed", errors: [{ path: at }] });
  });
});

describe("POST /messages", () => {
  test("finds or creates contact and conversation, one under twenty concurrent requests", async () => {
    const inbox = await buildInbox(api.context, { tenantId: desk.tenant.id });
    const spellings = ["+4915112345678", "4915112345678", "+49 151 1234-5678"];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_empty, index) =>
        desk.client.post("/messages", { inboxId: inbox.id, to: spellings[index % 3], ...text(`Hello ${index}`) }),
      ),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 20 }, () => 201));
    expect(new Set(answers.map((answer) => answer.body.data.conversationId)).size).toBe(1);
    const found = await desk.client.get("/contacts?search=4915112345678");
    expect(found.body.data).toMatchObject([
      { identifiers: [{ type: "whatsapp", value: "+4915112345678", isPrimary: true }] },
    ]);
    expect(found.body.data).toHaveLength(1);
    const events = await api.context.database.withSystem((tx) =>
      tx.event.findMany({ where: { tenantId: desk.tenant.id }, orderBy: { seq: "asc" } }),
    );
    const counts = Map.groupBy(events, (event) => event.type);
    expect([...counts].map(([type, list]) => [type, list.length])).toEqual([
      ["CONTACT_CREATED", 1],
      ["CONVERSATION_OPENED", 1],
      ["MESSAGE_QUEUED", 20],
    ]);
  });

  test("refuses what is no address", async () => {
    const inbox = await buildInbox(api.context, { tenantId: desk.tenant.id });
    const answer = await desk.client.post("/messages", { inboxId: inbox.id, to: "somebody", ...text("Hello") });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: "to" }] } });
  });
});

async function retry(status: "FAILED" | "UNKNOWN" | "QUEUED" | "DELIVERED", payload?: object): Promise<Answer> {
  const error = { code: "131026", title: "Undeliverable", detail: "…", retryable: false };
  const message = await buildMessage(api.context, conversation, {
    direction: "OUTBOUND",
    status,
    error,
    attempts: 1,
  });
  return desk.client.post(`/messages/${message.id}/retry`, payload);
}

describe("POST /messages/:id/retry", () => {
  test("queues a failed message again, with a job of its own", async () => {
    const answer = await retry("FAILED");
    expect(answer).toMatchObject({ status: 200, body: { data: { status: "queued", error: null, externalId: null } } });
    const { id } = answer.body.data;
    expect(await jobsOf(id)).toEqual([`send-${id}-retry-1`]);
    expect(await eventsOf(id)).toMatchObject([
      { type: "MESSAGE_QUEUED", data: { because: "retried", from: "failed" } },
    ]);
  });

  test("sends a message of unknown outcome again only if a duplicate is accepted", async () => {
    const refused = await retry("UNKNOWN");
    expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining("acceptDuplicate") } });
    expect((await retry("UNKNOWN", { acceptDuplicate: true })).body.data.status).toBe("queued");
  });

  test.each(["QUEUED", "DELIVERED"] as const)("refuses a message that is %s", async (status) => {
    expect(await retry(status, { acceptDuplicate: true })).toMatchObject({ status: 409, body: { code: "conflict" } });
  });
});

describe("GET /messages", () => {
  test("filters, newest first, in either case", async () => {
    const inbound = await buildMessage(api.context, conversation);
    const failed = await buildMessage(api.context, conversation, { direction: "OUTBOUND", status: "FAILED" });
    const ids = async (query: string): Promise<string[]> =>
      (await desk.client.get(`/messages?${query}`)).body.data.map((message: { id: string }) => message.id);
    expect(await ids("")).toEqual([failed.id, inbound.id]);
    expect(await ids("direction=inbound")).toEqual([inbound.id]);
    expect(await ids("status=FAILED")).toEqual([failed.id]);
    expect(await ids(`conversationId=${newId()}`)).toEqual([]);
    expect((await desk.client.get("/messages?status=lost")).status).toBe(400);
    expect((await desk.client.get("/messages?unknown=1")).status).toBe(400);
  });

  test("lists the attempts at a message, the first one first", async () => {
    const message = await buildMessage(api.context, conversation, { direction: "OUTBOUND" });
    const { tenantId, id: messageId } = message;
    await api.context.database.withSystem((tx) =>
      tx.outboundAttempt.createMany({
        data: [2, 1].map((number) => ({ tenantId, messageId, id: newId(), number, requestedAt: new Date() })),
      }),
    );
    const attempts = `/messages/${messageId}/attempts`;
    const answer = await desk.client.get(attempts);
    expect(answer.body).toMatchObject({
      data: [
        { number: 1, state: "requested", error: null },
        { number: 2, state: "requested" },
      ],
      page: { nextCursor: null },
    });
    expect((await readAll(desk.client, `${attempts}?limit=1`)).map((attempt) => attempt.id)).toEqual(
      answer.body.data.map((attempt: { id: string }) => attempt.id),
    );
    expect((await desk.client.get(`${attempts}?cursor=x`)).status).toBe(400);
  });
});
