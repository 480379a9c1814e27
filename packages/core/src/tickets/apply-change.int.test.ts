import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { buildConversation, buildMessage, buildTenant, buildTicket, buildUser, waitForLocks } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RequestContext } from "../context/index.ts";
import { applyTicketChange } from "./apply-change.ts";
import { assignTicket } from "./assign-ticket.ts";
import { changeTicket } from "./change-ticket.ts";
import { lockTicket } from "./lock-ticket.ts";
import { openTicket } from "./open-ticket.ts";
import { splitTicket } from "./split-ticket.ts";
import { asSystem } from "./ticket-changer.ts";

let ctx: TestContext;
let tenantId: string;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [] });
});
afterAll(() => ctx.close());
beforeEach(async () => {
  tenantId = (await buildTenant(ctx)).id;
});

async function agent(availability: "ONLINE" | "OFFLINE"): Promise<{ userId: string; as: RequestContext }> {
  const { id: userId } = await buildUser(ctx, { tenantId });
  await ctx.database.withSystem((tx) => tx.membership.updateMany({ where: { userId }, data: { availability } }));
  return { userId, as: actingAs(ctx, { userId, tenantId }) };
}

const lastEvent = (ticketId: string) =>
  ctx.database.withTenant(tenantId, (tx) =>
    tx.event.findFirstOrThrow({ where: { ticketId, type: "TICKET_OPENED" }, orderBy: { seq: "desc" } }),
  );

test("attributes that come in another order than the database keeps them in are no change", async () => {
  const ticket = await buildTicket(ctx, await buildConversation(ctx, { tenantId }), {
    attributes: { a: 1, bb: "two", ccc: true },
  });
  const after = await ctx.database.withTenant(tenantId, async (tx) => {
    const attributes = { ccc: true, bb: "two", a: 1 };
    return applyTicketChange(ctx, tx, await lockTicket(tx, tenantId, ticket.id), { attributes }, asSystem("test"));
  });
  expect(after.version).toBe(ticket.version);
});

test.each(["changed", "assigned"])(
  "a ticket is %s after the assignee is held, as whoever removes them does",
  async (how) => {
    const { userId, as } = await agent("ONLINE");
    const { id, conversationId } = await buildTicket(ctx, await buildConversation(ctx, { tenantId }));
    let assigning: Promise<unknown> | undefined;
    await ctx.database.withSystem(async (tx) => {
      await tx.$queryRaw`select from membership where user_id = ${userId}::uuid for update`;
      assigning = how === "changed" ? changeTicket(as, { id, assigneeId: userId }) : assignTicket(as, { id, userId });
      await waitForLocks(ctx.database, 1);
      await tx.$queryRaw`select id from conversation where id = ${conversationId}::uuid for no key update nowait`;
    });
    expect(await assigning).toMatchObject({ assigneeId: userId });
  },
);

describe("a holder who is offline", () => {
  test("does not get a ticket that somebody opens on their conversation", async () => {
    const [holder, opener] = [await agent("OFFLINE"), await agent("ONLINE")];
    const { id: conversationId } = await buildConversation(ctx, { tenantId, assigneeId: holder.userId });
    const opened = await openTicket(opener.as, { on: { conversationId } });
    expect(opened.assigneeId).toBeNull();
    expect(await lastEvent(opened.id)).toMatchObject({ data: {} });
    const shown = await ctx.database.withTenant(tenantId, (tx) =>
      tx.conversation.findFirstOrThrow({ where: { id: conversationId } }),
    );
    expect(shown.assigneeId).toBeNull();
  });

  test("gets one that they open themselves", async () => {
    const holder = await agent("OFFLINE");
    const { id: conversationId } = await buildConversation(ctx, { tenantId, assigneeId: holder.userId });
    expect(await openTicket(holder.as, { on: { conversationId } })).toMatchObject({ assigneeId: holder.userId });
  });

  test("does not get what is split off their ticket, and keeps the ticket", async () => {
    const [holder, splitter] = [await agent("OFFLINE"), await agent("ONLINE")];
    const conversation = await buildConversation(ctx, { tenantId, assigneeId: holder.userId });
    const { id: ticketId } = await buildTicket(ctx, conversation, { assigneeId: holder.userId });
    const message = await buildMessage(ctx, conversation, { ticketId });
    await buildMessage(ctx, conversation, { ticketId });
    const split = await splitTicket(splitter.as, { id: ticketId, messageIds: [message.id] });
    expect(split.assigneeId).toBeNull();
    const before = await ctx.database.withTenant(tenantId, (tx) =>
      tx.ticket.findFirstOrThrow({ where: { id: ticketId } }),
    );
    expect(before.assigneeId).toBe(holder.userId);
  });
});
