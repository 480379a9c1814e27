import { newId } from "@parley/runtime";
import type { TestContext } from "@parley/queue/testing";
import { buildRawEvent } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { applyRawEvents } from "./apply-raw-events.ts";
import { withFreshInbox } from "./fresh-inbox.fixture.ts";
import { readRawEvents } from "./raw-event.ts";
import { accept, change, deliver, payload, rawEvents, text, wamid } from "./webhook.fixture.ts";

let ctx: TestContext;
let number: string;

const { messages, contacts, conversations, tickets, eventTypes } = withFreshInbox((fresh) => ({ ctx, number } = fresh));

describe("a message", () => {
  test("becomes a contact, a conversation, a ticket, a message and their events", async () => {
    await deliver(ctx, payload(change(number, { messages: [text("33600000001", { body: "Where is my order?" })] })));
    expect(await contacts()).toMatchObject([
      { identifiers: [{ type: "WHATSAPP", value: "+33600000001", isPrimary: true }] },
    ]);
    expect(await conversations()).toMatchObject([{ status: "OPEN", unreadCount: 1 }]);
    expect(await tickets()).toMatchObject([{ number: 1n, status: "OPEN", subject: "Where is my order?" }]);
    expect(await messages()).toMatchObject([
      {
        direction: "INBOUND",
        status: "RECEIVED",
        senderType: "CONTACT",
        type: "text",
        content: { text: "Where is my order?" },
      },
    ]);
    expect(await eventTypes()).toEqual(["CONTACT_CREATED", "CONVERSATION_OPENED", "TICKET_OPENED", "MESSAGE_RECEIVED"]);
  });

  test("is one message however often, and in whatever batch, it is delivered", async () => {
    const id = wamid();
    const message = text("33600000001", { id });
    await deliver(
      ctx,
      payload(change(number, { messages: [message, message] })),
      payload(change(number, { messages: [message] })),
    );
    await deliver(ctx, payload(change(number, { messages: [message, text("33600000001")] })));
    expect(await messages()).toHaveLength(2);
    expect(await conversations()).toMatchObject([{ unreadCount: 2 }]);
  });

  test("is found by every entry and change of a payload", async () => {
    const body = Buffer.from(
      JSON.stringify({
        object: "whatsapp_business_account",
        entry: [
          {
            id: "1",
            changes: [
              change(number, { messages: [text("33600000001")] }),
              change(number, { messages: [text("33600000002")] }),
            ],
          },
          { id: "1", changes: [change(number, { messages: [text("33600000003"), text("33600000003")] })] },
        ],
      }),
    );
    await deliver(ctx, body);
    expect(await messages()).toHaveLength(4);
    expect(await contacts()).toHaveLength(3);
  });

  test("sorts by the provider's time, then by arrival", async () => {
    const [early, late] = [new Date("2026-01-01T10:00:00Z"), new Date("2026-01-01T10:00:05Z")];
    await deliver(ctx, payload(change(number, { messages: [text("33600000001", { body: "3", at: late })] })));
    await deliver(
      ctx,
      payload(
        change(number, {
          messages: [text("33600000001", { body: "1", at: early }), text("33600000001", { body: "2", at: early })],
        }),
      ),
    );
    expect((await messages()).map((message) => message.content)).toMatchObject([
      { text: "1" },
      { text: "2" },
      { text: "3" },
    ]);
  });

  test("is dated by its arrival, whenever it is applied", async () => {
    const arrivedAt = ctx.clock.now();
    const late = await accept(ctx, [payload(change(number, { messages: [text("33600000001")] }))]);
    ctx.clock.advance(3_600_000);
    const latestAt = ctx.clock.now();
    const soon = await accept(ctx, [payload(change(number, { messages: [text("33600000002")] }))]);
    ctx.clock.advance(3_600_000);
    await applyRawEvents(
      ctx,
      [...late, ...soon].map((event) => event.id),
    );
    const arrivals = (await conversations()).map((conversation) => conversation.lastInboundAt);
    expect(arrivals).toEqual(expect.arrayContaining([arrivedAt, latestAt]));
  });

  test("that arrived earlier than one that is applied already does not turn back the conversation", async () => {
    const early = await accept(ctx, [payload(change(number, { messages: [text("33600000001")] }))]);
    ctx.clock.advance(60_000);
    await deliver(ctx, payload(change(number, { messages: [text("33600000001")] })));
    const lastInboundAt = ctx.clock.now();
    await applyRawEvents(
      ctx,
      early.map((event) => event.id),
    );
    expect(await conversations()).toMatchObject([{ lastInboundAt }]);
  });

  test("that arrives fifty times at once, among others of its sender, makes one of everything", async () => {
    const shared = text("33600000009", { body: "shared" });
    const bodies = Array.from({ length: 50 }, (_empty, index) =>
      payload(change(number, { messages: [shared, text("33600000009", { body: `own ${index}`, userId: "FR.9" })] })),
    );
    const events = await accept(ctx, bodies);
    await Promise.all(events.map((event) => applyRawEvents(ctx, [event.id])));
    expect((await rawEvents(ctx, bodies)).map((event) => event.status)).toEqual(Array(50).fill("APPLIED"));
    expect(await messages()).toHaveLength(51);
    expect(await contacts()).toHaveLength(1);
    expect(await conversations()).toMatchObject([{ unreadCount: 51 }]);
    expect(await tickets()).toHaveLength(1);
  });
});

describe("a user without a phone", () => {
  test("is a contact by user id, and the same one once a phone is known", async () => {
    await deliver(ctx, payload(change(number, { messages: [text("", { userId: "FR.42" })] })));
    await deliver(ctx, payload(change(number, { messages: [text("33600000042", { userId: "FR.42" })] })));
    await deliver(ctx, payload(change(number, { messages: [text("33600000042")] })));
    const [contact, ...others] = await contacts();
    expect(others).toEqual([]);
    expect(contact?.identifiers.map((identifier) => identifier.value).toSorted()).toEqual(["+33600000042", "FR.42"]);
    expect(await conversations()).toHaveLength(1);
  });

  test("who was known under two contacts keeps writing to the older one", async () => {
    await deliver(ctx, payload(change(number, { messages: [text("33600000043")] })));
    await deliver(ctx, payload(change(number, { messages: [text("", { userId: "FR.43" })] })));
    await deliver(ctx, payload(change(number, { messages: [text("33600000043", { userId: "FR.43", body: "both" })] })));
    expect(await contacts()).toHaveLength(2);
    const older = (await contacts()).find((contact) =>
      contact.identifiers.some((identifier) => identifier.value === "+33600000043"),
    );
    expect((await messages()).find((message) => JSON.stringify(message.content).includes("both"))?.senderId).toBe(
      older?.id,
    );
  });
});

test("fields that are no messages are counted as ignored, by name", async () => {
  const body = payload(
    { field: "account_update", value: { event: "VERIFIED_ACCOUNT", nonce: newId() } },
    { field: "account_update", value: {} },
  );
  await deliver(ctx, body);
  expect(await rawEvents(ctx, [body])).toMatchObject([{ status: "IGNORED" }]);
  const [event] = await ctx.database.withSystem((tx) =>
    tx.rawWebhookEvent.findMany({ where: { body: new Uint8Array(body) } }),
  );
  expect(event?.ignoredParts).toEqual({ account_update: 2 });
});

test("events that are too large to be read at once are read in several steps", async () => {
  const padding = "x".repeat(3_000_000);
  const ids: string[] = [];
  for (let count = 0; count < 7; count += 1) {
    const body = payload({ field: "account_update", value: { padding, nonce: newId() } }).toString();
    const { id } = await buildRawEvent(ctx, { status: "RECEIVED", appliedAt: null, body });
    ids.push(id);
  }
  const read = await readRawEvents(ctx.database.system, ids);
  expect(read.events.map((event) => event.id)).toEqual(ids.slice(0, 6));
  expect(read.left).toEqual(ids.slice(6));

  await applyRawEvents(ctx, ids);
  const events = await ctx.database.withSystem((tx) => tx.rawWebhookEvent.findMany({ where: { id: { in: ids } } }));
  expect(events.map((event) => event.status)).toEqual(Array(7).fill("IGNORED"));
});
