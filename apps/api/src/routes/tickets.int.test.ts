import { publishEvents } from "@parley/core/events";
import { buildConversation, buildMessage, buildTicket, waitUntil, type BuiltConversation } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDeskForEachTest, readAll, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let conversation: BuiltConversation;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  conversation = await buildConversation(api.context, { tenantId: desk.tenant.id });
});

test("a ticket has its number as a number", async () => {
  const ticket = await buildTicket(api.context, conversation, { subject: "Broken lamp", tags: ["vip"] });
  const answer = await desk.client.get(`/tickets/${ticket.id}`);
  expect(answer.status).toBe(200);
  expect(answer.body.data).toEqual({
    id: ticket.id,
    number: 1,
    conversationId: conversation.id,
    contactId: conversation.contactId,
    inboxId: conversation.inboxId,
    channel: "whatsapp",
    status: "open",
    priority: "normal",
    subject: "Broken lamp",
    category: null,
    sentiment: null,
    assigneeId: null,
    teamId: null,
    tags: ["vip"],
    orderRef: null,
    attributes: {},
    snoozed: null,
    mergedIntoId: null,
    splitFromId: null,
    firstResponseAt: null,
    resolvedAt: null,
    reopenedCount: 0,
    satisfaction: null,
    sla: null,
    createdAt: ticket.createdAt.toISOString(),
    updatedAt: ticket.updatedAt.toISOString(),
    version: 1,
  });
});

test("tickets are filtered, and found by number or subject", async () => {
  const wanted = await buildTicket(api.context, conversation, {
    status: "WAITING_CUSTOMER",
    priority: "HIGH",
    assigneeId: desk.agent.id,
    tags: ["vip"],
    subject: "Broken lamp",
  });
  const other = await buildConversation(api.context, { tenantId: desk.tenant.id });
  await buildTicket(api.context, other, { channel: "EMAIL" });
  for (const query of [
    "status=waiting_customer",
    "status=WAITING_CUSTOMER&priority=high",
    "channel=whatsapp",
    `assigneeId=${desk.agent.id}`,
    "tag=vip",
    "search=LAMP",
    "search=1",
    "search=%231",
  ]) {
    const { body } = await desk.client.get(`/tickets?${query}`);
    expect([query, body.data.map((row: { id: string }) => row.id)]).toEqual([query, [wanted.id]]);
  }
});

test("pages hold every ticket once, newest first", async () => {
  const createdAt = new Date();
  const built = [];
  for (let index = 0; index < 5; index += 1) {
    built.push(await buildTicket(api.context, conversation, { status: "CLOSED", createdAt }));
  }
  const rows = await readAll(desk.client, "/tickets?limit=2");
  expect(rows.map((row) => row.id)).toEqual(built.toReversed().map((ticket) => ticket.id));
});

describe("a ticket's", () => {
  test("timeline has its events and no others, oldest first", async () => {
    const ticket = await buildTicket(api.context, conversation);
    const { tenantId } = ticket;
    await api.context.database.withSystem((tx) =>
      publishEvents(api.context, tx, [
        { tenantId, type: "TICKET_OPENED", actorType: "CUSTOMER", ticketId: ticket.id },
        { tenantId, type: "MESSAGE_RECEIVED", actorType: "CUSTOMER" },
        { tenantId, type: "MESSAGE_QUEUED", actorType: "AGENT", ticketId: ticket.id, data: { type: "text" } },
      ]),
    );
    // Another suite's transaction on the same server may still be open.
    const seen = async (): Promise<boolean> =>
      (await desk.client.get(`/tickets/${ticket.id}/events`)).body.data.length === 2;
    await waitUntil(seen, "every older transaction has ended");
    const first = await desk.client.get(`/tickets/${ticket.id}/events?limit=1`);
    expect(first.body.data).toMatchObject([{ type: "ticket_opened", actorType: "customer", data: {} }]);
    const rest = await desk.client.get(`/tickets/${ticket.id}/events?cursor=${first.body.page.nextCursor}`);
    expect(rest.body).toMatchObject({
      data: [{ type: "message_queued", data: { type: "text" } }],
      page: { nextCursor: null },
    });
  });

  test("messages are its own, oldest first", async () => {
    const ticket = await buildTicket(api.context, conversation);
    await buildMessage(api.context, conversation);
    const at = (ms: number): { occurredAt: Date; ticketId: string } => ({
      occurredAt: new Date(ms),
      ticketId: ticket.id,
    });
    const second = await buildMessage(api.context, conversation, at(2_000));
    const first = await buildMessage(api.context, conversation, at(1_000));
    const rows = await readAll(desk.client, `/tickets/${ticket.id}/messages?limit=1`);
    expect(rows.map((row) => row.id)).toEqual([first.id, second.id]);
  });

  test("answer goes to its contact and counts as its first response; a note does neither", async () => {
    const ticket = await buildTicket(api.context, conversation);
    const path = `/tickets/${ticket.id}/messages`;
    const note = await desk.client.post(path, { body: "Ask the warehouse", isInternal: true });
    expect(note).toMatchObject({
      status: 201,
      body: { data: { ticketId: ticket.id, isInternal: true, status: "sent" } },
    });
    expect((await desk.client.get(`/tickets/${ticket.id}`)).body.data.firstResponseAt).toBeNull();
    const answer = await desk.client.post(path, { body: "It is on its way." });
    expect(answer.body.data).toMatchObject({
      conversationId: conversation.id,
      ticketId: ticket.id,
      content: { text: "It is on its way." },
      status: "queued",
    });
    const shown = await desk.client.get(`/tickets/${ticket.id}`);
    expect(shown.body.data.firstResponseAt).toBe(api.context.clock.now().toISOString());
  });
});
