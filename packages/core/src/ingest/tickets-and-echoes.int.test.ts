import type { TestContext } from "@parley/queue/testing";
import type { BuiltInbox } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { withFreshInbox } from "./fresh-inbox.fixture.ts";
import { change, deliver, payload, status, text, wamid } from "./webhook.fixture.ts";

let ctx: TestContext;
let inbox: BuiltInbox;
let number: string;

const { messages, tickets, eventTypes } = withFreshInbox((fresh) => ({ ctx, inbox, number } = fresh));

const endTickets = (endedAt: Date) =>
  ctx.database.withTenant(inbox.tenantId, (tx) =>
    tx.ticket.updateMany({ data: { status: "RESOLVED", resolvedAt: endedAt } }),
  );

describe("the ticket rule", () => {
  test("a message within the window reopens the ticket", async () => {
    await deliver(ctx, payload(change(number, { messages: [text("33600000001")] })));
    await endTickets(new Date());
    await deliver(ctx, payload(change(number, { messages: [text("33600000001")] })));
    expect(await tickets()).toMatchObject([{ status: "OPEN", resolvedAt: null, reopenedCount: 1 }]);
    expect(await eventTypes()).toContain("STATUS_CHANGED");
  });

  test("a message after the window opens the next one", async () => {
    await deliver(ctx, payload(change(number, { messages: [text("33600000001")] })));
    await endTickets(new Date(Date.now() - 30 * 24 * 3_600_000));
    await deliver(ctx, payload(change(number, { messages: [text("33600000001")] })));
    expect(await tickets()).toMatchObject([
      { number: 1n, status: "RESOLVED" },
      { number: 2n, status: "OPEN" },
    ]);
    expect((await messages()).map((message) => message.ticketId)).toEqual((await tickets()).map((ticket) => ticket.id));
  });

  test("a duplicate and a reaction reopen nothing", async () => {
    const first = text("33600000001");
    await deliver(ctx, payload(change(number, { messages: [first] })));
    await endTickets(new Date());
    const reaction = {
      from: "33600000001",
      id: wamid(),
      timestamp: "1767225600",
      type: "reaction",
      reaction: { message_id: "wamid.X", emoji: "👍" },
    };
    await deliver(ctx, payload(change(number, { messages: [first] }), change(number, { messages: [reaction] })));
    expect(await tickets()).toMatchObject([{ status: "RESOLVED" }]);
  });
});

describe("an echo of a message sent from the phone app", () => {
  test("is an outbound message that opens no ticket, and takes the statuses that came before it", async () => {
    const id = wamid();
    await deliver(ctx, payload(change(number, { statuses: [status(id, "delivered"), status(id, "sent")] })));
    const echo = {
      from: "15550783881",
      to: "33600000001",
      id,
      timestamp: "1767225600",
      type: "text",
      text: { body: "From the shop" },
    };
    await deliver(
      ctx,
      payload({
        field: "smb_message_echoes",
        value: { messaging_product: "whatsapp", metadata: { phone_number_id: number }, message_echoes: [echo] },
      }),
    );
    expect(await messages()).toMatchObject([{ direction: "OUTBOUND", senderType: "AGENT", status: "DELIVERED" }]);
    expect(await tickets()).toEqual([]);
    expect(await ctx.database.withSystem((tx) => tx.heldUpdate.count({ where: { inboxId: inbox.id } }))).toBe(0);
  });
});

describe("an edit and a revocation", () => {
  test("change their message, also when they come first", async () => {
    const [edited, revoked] = [wamid(), wamid()];
    const edit = {
      from: "33600000001",
      id: wamid(),
      timestamp: "1767225700",
      type: "edit",
      edit: { original_message_id: edited, message: { type: "text", text: { body: "new" } } },
    };
    const revoke = {
      from: "33600000001",
      id: wamid(),
      timestamp: "1767225700",
      type: "revoke",
      revoke: { original_message_id: revoked },
    };
    await deliver(ctx, payload(change(number, { messages: [edit, revoke] })));
    expect(await messages()).toEqual([]);
    await deliver(
      ctx,
      payload(
        change(number, {
          messages: [text("33600000001", { id: edited, body: "old" }), text("33600000001", { id: revoked })],
        }),
      ),
    );
    const stored = await messages();
    expect(stored.find((message) => message.externalId === edited)?.content).toMatchObject({
      text: "new",
      history: [{ text: "old" }],
    });
    expect(stored.find((message) => message.externalId === revoked)?.content).toHaveProperty("revokedAt");
    expect(await eventTypes()).toEqual(expect.arrayContaining(["MESSAGE_EDITED", "MESSAGE_REVOKED"]));
  });
});
