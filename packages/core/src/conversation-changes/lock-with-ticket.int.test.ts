import { createTestContext, type TestContext } from "@parley/queue/testing";
import { buildConversation, buildTenant, buildTicket, waitForLocks } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { lockWithTicket, type ConversationWithTicket } from "./lock-with-ticket.ts";

let ctx: TestContext;
let tenantId: string;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [] });
});
afterAll(() => ctx.close());
beforeEach(async () => {
  tenantId = (await buildTenant(ctx)).id;
});

test("a ticket that is taken up meanwhile is locked with its conversations, in the order of their ids", async () => {
  const merged = await buildConversation(ctx, { tenantId });
  const conversation = await buildConversation(ctx, { tenantId });
  expect(merged.id < conversation.id).toBe(true);
  const ticket = await buildTicket(ctx, conversation, { status: "RESOLVED", resolvedAt: new Date() });
  await buildTicket(ctx, merged, { status: "CLOSED", resolvedAt: new Date(), mergedIntoId: ticket.id });

  let locking: Promise<ConversationWithTicket> | undefined;
  await ctx.database.withSystem(async (other) => {
    await other.$queryRaw`select id from conversation where id = ${merged.id}::uuid for no key update`;
    await ctx.database.withSystem(async (tx) => {
      await tx.$queryRaw`select id from conversation where id = ${conversation.id}::uuid for no key update`;
      locking = ctx.database.withTenant(tenantId, (own) => lockWithTicket(own, tenantId, conversation.id));
      await waitForLocks(ctx.database, 1);
      await tx.ticket.updateMany({ where: { id: ticket.id }, data: { status: "OPEN", resolvedAt: null } });
    });
    // It waits for the first conversation and does not have the second.
    await waitForLocks(ctx.database, 1);
    await other.$queryRaw`select id from conversation where id = ${conversation.id}::uuid for no key update nowait`;
  });
  const locked = await locking;
  expect(locked?.inWork?.ticket).toMatchObject({ id: ticket.id, status: "OPEN" });
  expect(locked?.inWork?.mergedConversations).toMatchObject([{ id: merged.id }]);
});
