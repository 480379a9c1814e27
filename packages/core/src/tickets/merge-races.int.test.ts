import type { Tx } from "@parley/db";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import {
  buildConversation,
  buildMessage,
  buildTenant,
  buildTicket,
  buildUser,
  waitForLocks,
  type BuiltMessage,
  type BuiltTicket,
} from "@parley/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RequestContext } from "../context/index.ts";
import { changeTicket } from "./change-ticket.ts";
import { mergeTickets } from "./merge-tickets.ts";
import { splitTicket } from "./split-ticket.ts";

interface Written {
  ticket: BuiltTicket;
  message: BuiltMessage;
}

let ctx: TestContext;
let tenantId: string;
let agent: RequestContext;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [] });
});
afterAll(() => ctx.close());
beforeEach(async () => {
  tenantId = (await buildTenant(ctx)).id;
  agent = actingAs(ctx, { userId: (await buildUser(ctx, { tenantId })).id, tenantId });
});

/** A ticket in a conversation of its own, with one message. */
async function write(): Promise<Written> {
  const conversation = await buildConversation(ctx, { tenantId });
  const ticket = await buildTicket(ctx, conversation);
  return { ticket, message: await buildMessage(ctx, conversation, { ticketId: ticket.id }) };
}

const waiting = (count: number): Promise<void> => waitForLocks(ctx.database, count);

/** Somebody else has the row for as long as `work` takes. */
const whileHeld = (table: "conversation" | "ticket", id: string, work: (tx: Tx) => Promise<void>): Promise<void> =>
  ctx.database.withSystem(async (tx) => {
    await (table === "conversation"
      ? tx.$queryRaw`select id from conversation where id = ${id}::uuid for no key update`
      : tx.$queryRaw`select id from ticket where id = ${id}::uuid for no key update`);
    await work(tx);
  });

const messageNow = ({ id }: BuiltMessage) =>
  ctx.database.withSystem((tx) => tx.message.findFirstOrThrow({ where: { id } }));
const ticketNow = ({ id }: BuiltTicket) =>
  ctx.database.withSystem((tx) => tx.ticket.findFirstOrThrow({ where: { id } }));
const statusOf = ({ conversationId: id }: BuiltTicket) =>
  ctx.database.withSystem(async (tx) => (await tx.conversation.findFirstOrThrow({ where: { id } })).status);

test("a ticket that is merged on while another is merged into it takes along what that one brought", async () => {
  const [last, middle, first] = [await write(), await write(), await write()];
  let onward: Promise<unknown> | undefined;
  await whileHeld("conversation", last.ticket.conversationId, async () => {
    onward = mergeTickets(agent, { id: middle.ticket.id, intoTicketId: last.ticket.id });
    await waiting(1);
    await mergeTickets(agent, { id: first.ticket.id, intoTicketId: middle.ticket.id });
  });
  await onward;
  const places = await Promise.all([last, middle, first].map(({ message }) => messageNow(message)));
  expect(places.map(({ ticketId }) => ticketId)).toEqual([last.ticket.id, last.ticket.id, last.ticket.id]);
  expect(await ticketNow(first.ticket)).toMatchObject({ mergedIntoId: last.ticket.id });
});

test("merges of tickets into one another at once end in one ticket with everything", async () => {
  const all = [await write(), await write(), await write(), await write()];
  const pairs = all.flatMap((from) => all.filter((to) => to !== from).map((to) => ({ from, to })));
  const answers = await Promise.allSettled(
    pairs.map(({ from, to }) => mergeTickets(agent, { id: from.ticket.id, intoTicketId: to.ticket.id })),
  );
  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
  for (const answer of answers) {
    if (answer.status === "rejected") expect(answer.reason).toMatchObject({ code: "conflict" });
  }
  const after = await Promise.all(all.map(({ ticket }) => ticketNow(ticket)));
  const [left, ...more] = after.filter(({ mergedIntoId }) => mergedIntoId === null);
  expect([left?.status, more]).toEqual(["OPEN", []]);
  const messages = await Promise.all(all.map(({ message }) => messageNow(message)));
  expect(new Set(messages.map(({ ticketId }) => ticketId))).toEqual(new Set([left?.id]));
});

test("what is split off a ticket while it arrives with a merge opens its ticket where it was written", async () => {
  const [target, source] = [await write(), await write()];
  let merging: Promise<unknown> | undefined;
  let splitting: ReturnType<typeof splitTicket> | undefined;
  await whileHeld("ticket", source.ticket.id, async () => {
    merging = mergeTickets(agent, { id: source.ticket.id, intoTicketId: target.ticket.id });
    await waiting(1);
    splitting = splitTicket(agent, { id: target.ticket.id, messageIds: [source.message.id] });
    await waiting(2);
  });
  await merging;
  const split = await splitting;
  expect(split).toMatchObject({
    conversationId: source.ticket.conversationId,
    contactId: source.ticket.contactId,
  });
  expect(await messageNow(source.message)).toMatchObject({ ticketId: split?.id });
});

test("splits of the same message at once give it to one ticket", async () => {
  const { ticket, message } = await write();
  const { inboxId, contactId, conversationId: id } = ticket;
  await buildMessage(ctx, { tenantId, id, inboxId, contactId }, { ticketId: ticket.id });
  const answers = await Promise.allSettled(
    [1, 2, 3].map(() => splitTicket(agent, { id: ticket.id, messageIds: [message.id] })),
  );
  const done = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value.id] : []));
  expect(done).toHaveLength(1);
  expect((await messageNow(message)).ticketId).toBe(done[0]);
});

test("a ticket that is resolved while another is merged into it leaves no conversation open", async () => {
  const [target, source, earlier] = [await write(), await write(), await write()];
  await mergeTickets(agent, { id: earlier.ticket.id, intoTicketId: source.ticket.id });
  const { conversationId } = earlier.ticket;
  // The customer has written there since.
  await ctx.database.withSystem((tx) =>
    tx.conversation.updateMany({ where: { id: conversationId }, data: { status: "OPEN" } }),
  );
  let merging: Promise<unknown> | undefined;
  let resolving: Promise<unknown> | undefined;
  await whileHeld("ticket", source.ticket.id, async () => {
    merging = mergeTickets(agent, { id: source.ticket.id, intoTicketId: target.ticket.id });
    await waiting(1);
    resolving = changeTicket(agent, { id: target.ticket.id, status: "RESOLVED" });
    await waiting(2);
  });
  await merging;
  await resolving;
  const statuses = await Promise.all([target, source, earlier].map(({ ticket }) => statusOf(ticket)));
  expect(statuses).toEqual(["RESOLVED", "RESOLVED", "RESOLVED"]);
});
