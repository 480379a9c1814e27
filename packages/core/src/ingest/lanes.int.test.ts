import { createHash, randomBytes } from "node:crypto";
import { newId } from "@parley/runtime";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { buildInbox, buildTenant, type BuiltInbox } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createHeldUpdateSettler } from "../message-updates/index.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import { ingestQueue } from "../webhooks/index.ts";
import { applyRawEvents } from "./apply-raw-events.ts";
import { accept, change, inbound, payload, rawEvents, seconds, text, wamid, type Value } from "./webhook.fixture.ts";

/** Three companies with two numbers each. The same people write to all of them. */
const TENANTS = 3;
const CUSTOMERS = ["33600000001", "33600000002", "33600000003"];
const TEXTS = Array.from({ length: 12 }, (_empty, index) => `text ${index}`);

let ctx: TestContext;
let inboxes: BuiltInbox[];

beforeAll(async () => {
  ctx = await createTestContext({ queues: [ingestQueue, outboundQueue] });
});
afterAll(() => ctx.close());
beforeEach(async () => {
  inboxes = [];
  for (let count = 0; count < TENANTS; count += 1) {
    const { id: tenantId } = await buildTenant(ctx);
    inboxes.push(await buildInbox(ctx, { tenantId }), await buildInbox(ctx, { tenantId }));
  }
});

/** A message, or a change of one, on its way to an inbox. */
interface Arrival {
  inbox: BuiltInbox;
  message: Value;
}

const START = Date.UTC(2026, 0, 1, 10);
const at = (second: number) => ({ at: new Date(START + second * 1_000) });

/** Every text of everybody to every inbox, in the order in which it was written. */
function everything(secondOf: (index: number) => number): Arrival[] {
  return inboxes.flatMap((inbox) =>
    CUSTOMERS.flatMap((from) =>
      TEXTS.map((body, index) => ({ inbox, message: text(from, { body, ...at(secondOf(index)) }) })),
    ),
  );
}

/** In an order that looks like chance and is always the same. */
function shuffled<T>(list: readonly T[]): T[] {
  const keyed = list.map((item, index) => ({ item, key: createHash("sha256").update(`${index}`).digest("hex") }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ item }) => item);
}

/** One webhook for each arrival, but every fourth brings the next one along, mostly that of another account. */
function webhooksOf(arrivals: readonly Arrival[]): Buffer[] {
  const bodies: Buffer[] = [];
  for (let index = 0; index < arrivals.length;) {
    const together = arrivals.slice(index, index + (bodies.length % 4 === 0 ? 2 : 1));
    index += together.length;
    // A repetition would be the same bytes otherwise, and no second event.
    const changes = together.map(({ inbox, message }) => change(inbox.externalId ?? "", { messages: [message] }));
    bodies.push(payload(...changes, { field: "calls", value: { nonce: newId() } }));
  }
  return bodies;
}

async function apply(bodies: readonly Buffer[]): Promise<string[]> {
  const ids = (await accept(ctx, bodies)).map((event) => event.id);
  await applyRawEvents(ctx, shuffled(ids));
  return ids;
}

/** The texts of each conversation of an inbox, in the order in which it shows them. */
async function conversationsOf({ tenantId, id: inboxId }: BuiltInbox): Promise<unknown[][]> {
  const messages = await ctx.database.withTenant(tenantId, (tx) =>
    tx.message.findMany({ where: { inboxId }, orderBy: [{ occurredAt: "asc" }, { id: "asc" }] }),
  );
  const threads = Map.groupBy(messages, (message) => message.conversationId);
  return [...threads.values()].map((thread) => thread.map((message) => (message.content as Value)["text"]));
}

const statuses = async (bodies: readonly Buffer[]) =>
  Map.groupBy(await rawEvents(ctx, bodies), (event) => event.status);

test("a large batch of several tenants, shuffled and with repetitions, is applied exactly once", async () => {
  const messages = everything((index) => index);
  const edits = messages
    .filter((_message, index) => index % TEXTS.length === 5)
    .map(({ inbox, message }): Arrival => {
      const edit = { original_message_id: message["id"], message: { type: "text", text: { body: "edited" } } };
      const edited = inbound("", "edit", { from: message["from"], edit, timestamp: seconds(at(100).at) });
      return { inbox, message: edited };
    });
  const repeated = messages.filter((_message, index) => index % 3 === 0);
  const bodies = webhooksOf(shuffled([...messages, ...edits, ...repeated]));
  expect(bodies.length).toBeGreaterThan(200);

  const ids = await apply(bodies);
  // An edit that was applied at the same time as its message, in the other lane, is found by the periodic check.
  await createHeldUpdateSettler(ctx)();
  await applyRawEvents(ctx, ids);

  expect([...(await statuses(bodies)).keys()]).toEqual(["APPLIED"]);
  const expected = TEXTS.map((body, index) => (index === 5 ? "edited" : body));
  for (const inbox of inboxes) expect(await conversationsOf(inbox)).toEqual(CUSTOMERS.map(() => expected));
  for (const tenantId of new Set(inboxes.map((inbox) => inbox.tenantId))) {
    const [contacts, conversations, tickets, events] = await ctx.database.withTenant(tenantId, async (tx) => [
      await tx.contact.count(),
      await tx.conversation.findMany(),
      await tx.ticket.findMany({ orderBy: { number: "asc" } }),
      await tx.event.findMany(),
    ]);
    expect(contacts).toBe(CUSTOMERS.length);
    expect(conversations.map((conversation) => conversation.unreadCount)).toEqual(Array(6).fill(TEXTS.length));
    expect(tickets.map((ticket) => Number(ticket.number))).toEqual([1, 2, 3, 4, 5, 6]);
    const ofType = Map.groupBy(events, (event) => event.type);
    expect(Object.fromEntries([...ofType].map(([type, list]) => [type, list.length]))).toEqual({
      CONTACT_CREATED: 3,
      CONVERSATION_OPENED: 6,
      TICKET_OPENED: 6,
      MESSAGE_RECEIVED: 6 * TEXTS.length,
      MESSAGE_EDITED: 6,
    });
  }
});

test("messages of the same second stand in the order of their arrival, whichever lane they were applied in", async () => {
  const ofEach = everything(() => 0);
  // The texts of a conversation arrive in their order; those of different conversations between one another.
  const inOrder = Map.groupBy(ofEach, ({ inbox, message }) => `${inbox.id} ${String(message["from"])}`);
  const places = shuffled(ofEach.map(({ inbox, message }) => `${inbox.id} ${String(message["from"])}`));
  const bodies = webhooksOf(places.flatMap((conversation) => inOrder.get(conversation)?.shift() ?? []));
  await apply(bodies);
  expect([...(await statuses(bodies)).keys()]).toEqual(["APPLIED"]);
  for (const inbox of inboxes) expect(await conversationsOf(inbox)).toEqual(CUSTOMERS.map(() => TEXTS));
});

test("what cannot be applied in one lane harms neither its neighbours nor the other lane", async () => {
  const [poisoned] = inboxes;
  if (!poisoned) throw new Error("there are six");
  const good = webhooksOf(shuffled(everything((index) => index)));
  // Longer than an index can hold.
  const endless = text("33600000001", { id: `${wamid()}${randomBytes(8_000).toString("hex")}` });
  const poison = payload(change(poisoned.externalId ?? "", { messages: [endless] }));
  await apply(good.toSpliced(100, 0, poison));

  expect(await rawEvents(ctx, [poison])).toMatchObject([
    { status: "QUARANTINED", reason: "could not be applied: 54000" },
  ]);
  expect([...(await statuses(good)).keys()]).toEqual(["APPLIED"]);
  for (const inbox of inboxes) expect(await conversationsOf(inbox)).toEqual(CUSTOMERS.map(() => TEXTS));
});
