import type { TestContext } from "@parley/queue/testing";
import type { BuiltInbox } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { withFreshInbox } from "./fresh-inbox.fixture.ts";
import { change, deliver, payload, text } from "./webhook.fixture.ts";

let ctx: TestContext;
let inbox: BuiltInbox;
let number: string;

const { messages, conversations, contacts, tickets, eventTypes } = withFreshInbox(
  (fresh) => ({ ctx, inbox, number } = fresh),
);

const CUSTOMER = "33600000001";

const write = (...from: string[]): Promise<void> =>
  deliver(ctx, payload(change(number, { messages: from.map((each) => text(each)) })));

const inTenant = <T>(work: Parameters<typeof ctx.database.withTenant<T>>[1]): Promise<T> =>
  ctx.database.withTenant(inbox.tenantId, work);

const block = (blockedAt: Date | null) => inTenant((tx) => tx.contact.updateMany({ data: { blockedAt } }));

const endTicket = (status: "RESOLVED" | "PENDING") =>
  inTenant(async (tx) => {
    const resolvedAt = status === "RESOLVED" ? new Date() : null;
    await tx.ticket.updateMany({ data: { status, resolvedAt } });
    await tx.conversation.updateMany({ data: { status, unreadCount: 0 } });
  });

describe("a message of somebody who is blocked", () => {
  test("is stored in the conversation and reopens neither that nor its ticket", async () => {
    await write(CUSTOMER);
    await endTicket("RESOLVED");
    await block(new Date());
    await write(CUSTOMER);
    expect(await messages()).toHaveLength(2);
    expect(await tickets()).toMatchObject([{ status: "RESOLVED", reopenedCount: 0 }]);
    const [last] = (await messages()).slice(-1);
    expect(await conversations()).toMatchObject([{ status: "RESOLVED", unreadCount: 0, lastMessageId: last?.id }]);
    expect(await eventTypes()).toEqual([
      "CONTACT_CREATED",
      "CONVERSATION_OPENED",
      "TICKET_OPENED",
      "MESSAGE_RECEIVED",
      "MESSAGE_RECEIVED",
    ]);
  });

  test("wakes no ticket", async () => {
    await write(CUSTOMER);
    await endTicket("PENDING");
    await inTenant((tx) => tx.ticket.updateMany({ data: { snoozedAt: new Date() } }));
    await block(new Date());
    await write(CUSTOMER);
    expect(await tickets()).toMatchObject([{ status: "PENDING", snoozedAt: expect.any(Date) }]);
    expect(await conversations()).toMatchObject([{ status: "PENDING", unreadCount: 0 }]);
  });

  test("opens no ticket where there is none, and does once the block is taken back", async () => {
    await write(CUSTOMER);
    await inTenant(async (tx) => {
      await tx.message.deleteMany();
      await tx.ticket.deleteMany();
    });
    await block(new Date());
    await write(CUSTOMER);
    expect([await tickets(), (await messages()).map(({ ticketId }) => ticketId)]).toEqual([[], [null]]);
    await block(null);
    await write(CUSTOMER);
    expect(await tickets()).toMatchObject([{ status: "OPEN" }]);
  });

  test("leaves others in the same delivery alone", async () => {
    await write(CUSTOMER);
    await endTicket("RESOLVED");
    await block(new Date());
    await write(CUSTOMER, "33600000002", CUSTOMER);
    expect((await tickets()).map(({ status }) => status)).toEqual(["RESOLVED", "OPEN"]);
    expect((await contacts()).filter(({ blockedAt }) => blockedAt !== null)).toHaveLength(1);
    const unread = (await conversations()).map(({ status, unreadCount }) => `${status} ${unreadCount}`);
    expect(unread.toSorted()).toEqual(["OPEN 1", "RESOLVED 0"]);
  });
});

test("a message in a muted conversation makes work and counts as read", async () => {
  await write(CUSTOMER);
  await endTicket("RESOLVED");
  await inTenant((tx) => tx.conversation.updateMany({ data: { isMuted: true } }));
  await write(CUSTOMER, CUSTOMER);
  expect(await tickets()).toMatchObject([{ status: "OPEN", reopenedCount: 1 }]);
  expect(await conversations()).toMatchObject([{ status: "OPEN", unreadCount: 0, isMuted: true }]);
});
