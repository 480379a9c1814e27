import { newId } from "@parley/runtime";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { buildInbox, buildTenant } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { change, deliver, payload, text } from "../ingest/webhook.fixture.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import { ingestQueue } from "../webhooks/index.ts";
import { sendMessage } from "./send-message.ts";
import { sendToAddress } from "./send-to-address.ts";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await createTestContext({ queues: [ingestQueue, outboundQueue] });
});

afterAll(() => ctx.close());

test("agents and the customer write at the same time into one conversation, and nothing is lost", async () => {
  const { id: tenantId } = await buildTenant(ctx);
  const inbox = await buildInbox(ctx, { tenantId });
  const agent = actingAs(ctx, { userId: newId(), tenantId });
  const phone = "4915112345678";
  const fromCustomer = (): Promise<unknown> =>
    deliver(ctx, payload(change(inbox.externalId ?? "", { messages: [text(phone)] })));
  const toAddress = (): Promise<unknown> =>
    sendToAddress(agent, { inboxId: inbox.id, to: phone, type: "text", text: "Hello" });

  await Promise.all(Array.from({ length: 12 }, (_empty, index) => (index % 2 === 0 ? fromCustomer() : toAddress())));

  const conversations = await ctx.database.withTenant(tenantId, (tx) => tx.conversation.findMany());
  expect(conversations).toHaveLength(1);
  const conversationId = conversations[0]?.id ?? "";
  const answer = (): Promise<unknown> =>
    sendMessage(agent, { conversationId, type: "text", text: "Hello", isInternal: false });
  await Promise.all(Array.from({ length: 12 }, (_empty, index) => (index % 2 === 0 ? fromCustomer() : answer())));

  const [contacts, messages, tickets] = await ctx.database.withTenant(tenantId, async (tx) => [
    await tx.contact.findMany({ include: { identifiers: true } }),
    await tx.message.findMany(),
    await tx.ticket.findMany(),
  ]);
  expect(contacts).toMatchObject([{ identifiers: [{ value: `+${phone}` }] }]);
  expect(messages.filter((message) => message.direction === "INBOUND")).toHaveLength(12);
  const outbound = messages.filter((message) => message.direction === "OUTBOUND");
  expect(new Set(outbound.map((message) => message.occurredAt.getTime())).size).toBe(12);
  expect(tickets).toMatchObject([{ firstResponseAt: expect.any(Date) }]);
  // Settling a message wakes the next, so only the first has a job.
  expect(await ctx.jobsOn(outboundQueue)).toHaveLength(1);
});
