import type { Tx } from "@parley/db";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildConversation, buildTenant, buildTicket, waitUntil, type BuiltTicket } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { EventType } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { listTicketEvents } from "./list-ticket-events.ts";

let ctx: TestContext;
let ticket: BuiltTicket;

beforeAll(async () => {
  ctx = await createTestContext();
});

afterAll(() => ctx.close());

beforeEach(async () => {
  const { id: tenantId } = await buildTenant(ctx);
  ticket = await buildTicket(ctx, await buildConversation(ctx, { tenantId }));
});

function publish(tx: Tx, type: EventType): Promise<void> {
  const { tenantId, id: ticketId } = ticket;
  return publishEvents(ctx, tx, [{ tenantId, type, actorType: "SYSTEM", ticketId }]);
}

/** What a client has that began to read at `cursor`, page by page, and where it goes on. */
async function readOn(limit: number, cursor?: string): Promise<{ types: string[]; cursor: string | undefined }> {
  const { tenantId, id: ticketId } = ticket;
  const agent = actingAs(ctx, { userId: newId(), tenantId });
  const types: string[] = [];
  for (;;) {
    const { data, page } = await listTicketEvents(agent, { ticketId, limit, cursor });
    types.push(...data.map((event) => event.type));
    if (page.nextCursor === null) return { types, cursor };
    cursor = page.nextCursor;
  }
}

/** A transaction that stays open, with what `begin` did in it, until `finish` is called. */
async function openTransaction(begin: (tx: Tx) => Promise<unknown>) {
  const begun = Promise.withResolvers<void>();
  const ending = Promise.withResolvers<(tx: Tx) => Promise<void>>();
  const ended = ctx.database.withSystem(async (tx) => {
    await begin(tx);
    begun.resolve();
    await (
      await ending.promise
    )(tx);
  });
  await begun.promise;
  return {
    async finish(end: (tx: Tx) => Promise<void> = async () => undefined): Promise<void> {
      ending.resolve(end);
      await ended;
    },
  };
}

/** The whole timeline, once it has `count` events: transactions of other suites on the server may hold it back. */
async function readAll(limit: number, count: number): Promise<string[]> {
  await waitUntil(async () => (await readOn(limit)).types.length === count, `${count} events are to be seen`);
  return (await readOn(limit)).types;
}

test("no page is given out that an event could still be put before", async () => {
  const early = await openTransaction((tx) => publish(tx, "TICKET_OPENED"));
  await ctx.database.withSystem((tx) => publish(tx, "MESSAGE_RECEIVED"));
  expect((await readOn(1)).types).toEqual([]);
  await early.finish();
  expect(await readAll(1, 2)).toEqual(["ticket_opened", "message_received"]);
});

test("who reads on from a cursor skips nothing of a transaction that drew its number early and committed late", async () => {
  await ctx.database.withSystem((tx) => publish(tx, "TICKET_OPENED"));
  await ctx.database.withSystem((tx) => publish(tx, "NOTE_ADDED"));
  await readAll(1, 2);
  const { cursor } = await readOn(1);
  const early = await openTransaction((tx) => publish(tx, "MESSAGE_QUEUED"));
  await ctx.database.withSystem((tx) => publish(tx, "MESSAGE_RECEIVED"));
  expect((await readOn(1, cursor)).types).toEqual(["note_added"]);
  await early.finish();
  await readAll(1, 4);
  expect((await readOn(1, cursor)).types).toEqual(["note_added", "message_queued", "message_received"]);
});

test("within a page, what waited for the conversation's lock stands after what it waited for", async () => {
  // Has its transaction id before the other, and its event after.
  const waiting = await openTransaction((tx) => tx.$queryRaw`select pg_current_xact_id()::text`);
  await ctx.database.withSystem((tx) => publish(tx, "TICKET_OPENED"));
  await waiting.finish((tx) => publish(tx, "MESSAGE_RECEIVED"));
  expect(await readAll(50, 2)).toEqual(["ticket_opened", "message_received"]);
  expect(new Set(await readAll(1, 2))).toEqual(new Set(["ticket_opened", "message_received"]));
});
