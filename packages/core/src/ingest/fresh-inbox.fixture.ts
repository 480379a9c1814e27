import { newId } from "@parley/runtime";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { buildInbox, buildTenant, type BuiltInbox } from "@parley/testing";
import type { Tx } from "@parley/db";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { listConversationMessages, listThreadQuery, type ListedMessageJson } from "../messages/index.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import { ingestQueue } from "../webhooks/index.ts";

/** What stands in the tables of the inbox's tenant. */
const READERS = {
  messages: (tx: Tx) => tx.message.findMany({ orderBy: [{ occurredAt: "asc" }, { id: "asc" }] }),
  attachments: (tx: Tx) => tx.messageAttachment.findMany({ orderBy: { id: "asc" } }),
  contacts: (tx: Tx) => tx.contact.findMany({ include: { identifiers: true } }),
  conversations: (tx: Tx) => tx.conversation.findMany(),
  tickets: (tx: Tx) => tx.ticket.findMany({ orderBy: { number: "asc" } }),
  eventTypes: async (tx: Tx) => (await tx.event.findMany({ orderBy: { seq: "asc" } })).map((event) => event.type),
} as const;

export interface Fresh {
  ctx: TestContext;
  inbox: BuiltInbox;
  /** The inbox's phone_number_id. */
  number: string;
}

/**
 * For a suite of ingest: one context, and before each test a new tenant with one inbox, which `onFresh` is told. What
 * is returned reads what ingest made of the webhooks.
 */
export function withFreshInbox(onFresh: (fresh: Fresh) => void) {
  let ctx: TestContext;
  let inbox: BuiltInbox;

  beforeAll(async () => {
    ctx = await createTestContext({ queues: [ingestQueue, outboundQueue] });
  });
  afterAll(() => ctx.close());
  beforeEach(async () => {
    const tenant = await buildTenant(ctx);
    inbox = await buildInbox(ctx, { tenantId: tenant.id });
    onFresh({ ctx, inbox, number: inbox.externalId ?? "" });
  });

  /** What an agent is shown of the only conversation that there is. */
  async function thread(): Promise<ListedMessageJson[]> {
    const { tenantId } = inbox;
    const { id: conversationId } = await ctx.database.withTenant(tenantId, (tx) => tx.conversation.findFirstOrThrow());
    const agent = actingAs(ctx, { userId: newId(), tenantId });
    const { data } = await listConversationMessages(agent, { conversationId, ...listThreadQuery.parse({}) });
    return data;
  }

  const read = <T>(reader: (tx: Tx) => Promise<T>) => ctx.database.withTenant(inbox.tenantId, reader);
  return {
    messages: () => read(READERS.messages),
    attachments: () => read(READERS.attachments),
    contacts: () => read(READERS.contacts),
    conversations: () => read(READERS.conversations),
    tickets: () => read(READERS.tickets),
    eventTypes: () => read(READERS.eventTypes),
    thread,
  };
}
