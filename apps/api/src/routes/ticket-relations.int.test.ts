import { newId } from "@parley/runtime";
import { buildConversation, buildTicket, type BuiltConversation, type BuiltTicket } from "@parley/testing";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, type Desk } from "./desk.fixture.ts";
import { openTwoTicketsForEachTest, resolved } from "./two-tickets.fixture.ts";

let api: TestApi;
let desk: Desk;
let here: BuiltConversation;
let there: BuiltConversation;
let ticket: BuiltTicket;
let other: BuiltTicket;

const { newConversation, said, merge, split, shown, shownConversation, eventsOf, messagesOf, linksOf } =
  openTwoTicketsForEachTest((opened) => ({ api, desk, here, there, ticket, other } = opened));

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
