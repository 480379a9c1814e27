import { newId } from "@parley/runtime";
import { buildTicket, buildUser, waitUntil, type BuiltConversation, type BuiltTicket } from "@parley/testing";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { readAll, type Desk } from "./desk.fixture.ts";
import { openTwoTicketsForEachTest, resolved } from "./two-tickets.fixture.ts";

let api: TestApi;
let desk: Desk;
let here: BuiltConversation;
let there: BuiltConversation;
let ticket: BuiltTicket;
let other: BuiltTicket;

const { newConversation, said, merge, shown, shownConversation, eventsOf, messagesOf, linksOf } =
  openTwoTicketsForEachTest((opened) => ({ api, desk, here, there, ticket, other } = opened));

const prioritize = (id: string, priority: string) => desk.client.patch(`/tickets/${id}`, { priority });

interface Told {
  id: string;
  ticketId: string;
  type: string;
}

const timelineOf = (id: string, limit: number) =>
  readAll(desk.client, `/tickets/${id}/events?limit=${limit}`) as Promise<Told[]>;

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
