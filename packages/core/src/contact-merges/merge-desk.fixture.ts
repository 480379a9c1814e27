import type { Tx } from "@parley/db";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { buildInbox, buildTenant, buildUser, unusedPhone, type BuiltInbox } from "@parley/testing";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { createContact, createContactInput } from "../contacts/index.ts";
import type { RequestContext } from "../context/index.ts";
import { change, deliver, payload, text } from "../ingest/webhook.fixture.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import { timerQueue } from "../timers/index.ts";
import { ingestQueue } from "../webhooks/index.ts";

export interface MergeDesk {
  ctx: TestContext;
  tenantId: string;
  agent: RequestContext;
  inbox: BuiltInbox;
  otherInbox: BuiltInbox;
  /** The customer with this number writes to an inbox. */
  write(from: string, body: string, options?: { to?: BuiltInbox; minute?: number }): Promise<void>;
  /** The id of whoever has the number. */
  contactOf(phone: string): Promise<string>;
  /** The texts of a contact's conversation with an inbox, in order. */
  threadOf(contactId: string, inbox?: BuiltInbox): Promise<string[]>;
  read<T>(reader: (tx: Tx) => Promise<T>): Promise<T>;
}

const START = Date.UTC(2026, 0, 1, 10);

/** Before each test a company with two numbers. */
export function withMergeDesk(onDesk: (desk: MergeDesk) => void): void {
  let ctx: TestContext;
  beforeAll(async () => {
    ctx = await createTestContext({ queues: [ingestQueue, outboundQueue, timerQueue] });
  });
  afterAll(() => ctx.close());
  beforeEach(async () => {
    const { id: tenantId } = await buildTenant(ctx);
    const { id: userId } = await buildUser(ctx, { tenantId });
    const [inbox, otherInbox] = [await buildInbox(ctx, { tenantId }), await buildInbox(ctx, { tenantId })];
    const read: MergeDesk["read"] = (reader) => ctx.database.withTenant(tenantId, reader);
    onDesk({
      ctx,
      tenantId,
      agent: actingAs(ctx, { userId, tenantId }),
      inbox,
      otherInbox,
      read,
      write(from, body, { to = inbox, minute = 0 } = {}) {
        const message = text(from.slice(1), { body, at: new Date(START + minute * 60_000) });
        return deliver(ctx, payload(change(to.externalId ?? "", { messages: [message] })));
      },
      async contactOf(phone) {
        const found = await read((tx) => tx.contactIdentifier.findFirstOrThrow({ where: { value: phone } }));
        return found.contactId;
      },
      async threadOf(contactId, of = inbox) {
        const messages = await read((tx) =>
          tx.message.findMany({
            where: { conversation: { contactId, inboxId: of.id } },
            orderBy: [{ occurredAt: "asc" }, { id: "asc" }],
          }),
        );
        return messages.map(({ content }) => String(Object(content).text));
      },
    });
  });
}

/** A contact who has not written yet. */
export async function known(
  desk: MergeDesk,
  contact: Record<string, unknown> = {},
): Promise<{ id: string; phone: string }> {
  const phone = unusedPhone();
  const identifiers = [{ type: "whatsapp", value: phone }];
  const input = createContactInput.parse({ identifiers, ...contact });
  const { contact: made } = await createContact(desk.agent, input);
  return { id: made.id, phone };
}

/** Everything that merging touches, without what counts up or tells when. */
export async function snapshot(desk: MergeDesk) {
  return desk.read(async (tx) => ({
    contacts: await tx.contact.findMany({ omit: { version: true, updatedAt: true }, orderBy: { id: "asc" } }),
    identifiers: await tx.contactIdentifier.findMany({ orderBy: [{ type: "asc" }, { value: "asc" }] }),
    conversations: await tx.conversation.findMany({ omit: { version: true }, orderBy: { id: "asc" } }),
    tickets: await tx.ticket.findMany({ omit: { version: true, updatedAt: true }, orderBy: { id: "asc" } }),
    messages: await tx.message.findMany({ orderBy: { id: "asc" } }),
    surveys: await tx.satisfactionSurvey.findMany({ orderBy: { ticketId: "asc" } }),
  }));
}
