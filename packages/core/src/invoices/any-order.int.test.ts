import { statement, type Prisma } from "@parley/db";
import { newId } from "@parley/runtime";
import { buildConversation, buildMessage, waitUntil } from "@parley/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogFollower } from "../usage/index.ts";
import { foundCompany, openBillingOffice, type BillingOffice } from "./billing-office.fixture.ts";
import { closePeriod } from "./close-period.ts";
import type { InvoiceJson } from "./schemas.ts";

let office: BillingOffice;

beforeAll(async () => {
  office = await openBillingOffice();
});
afterAll(() => office.close());

/** What an event tells of, whoever's log it stands in. */
type Told = Pick<Prisma.EventCreateManyInput, "type" | "ticketId" | "messageId" | "data" | "createdAt"> & {
  /** Of a message, which is one of a campaign: who of it, counted from 0, gets it. */
  recipient?: number;
};

const times = fc
  .integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 1, 1) - 1 })
  .map((instant) => new Date(instant));
const ids = fc.noShrink(fc.constant(null)).map(() => newId());

const told: fc.Arbitrary<Told> = fc.oneof(
  fc.record({ type: fc.constant("TICKET_OPENED"), ticketId: ids, createdAt: times }),
  fc.record({
    type: fc.constant("AI_RULE_EXECUTED"),
    data: fc.record({ executionId: ids, ruleId: ids, actions: fc.integer({ min: 1, max: 5 }) }),
    createdAt: times,
  }),
  fc.record({
    type: fc.constant("AI_MODEL_CALLED"),
    data: fc.record({ callId: ids, inputTokens: fc.nat(5_000), outputTokens: fc.integer({ min: 1, max: 5_000 }) }),
    createdAt: times,
  }),
  fc.record({
    type: fc.constantFrom("MESSAGE_SENT", "MESSAGE_STATUS_CHANGED"),
    messageId: ids,
    recipient: fc.nat(2),
    data: fc.constant({ status: "delivered" }),
    createdAt: times,
  }),
  fc.record({
    type: fc.constant("MEDIA_STORED"),
    messageId: ids,
    recipient: fc.nat(2),
    data: fc.record({ attachmentId: ids, size: fc.nat(100_000_000) }),
    createdAt: times,
  }),
);

/** Writes the messages that are told of, under ids that only this company has. Returns the events without what is not theirs. */
async function writeMessages(tenantId: string, events: readonly Told[]): Promise<Omit<Told, "recipient">[]> {
  const conversation = await buildConversation(office.ctx, { tenantId });
  const recipientIds = [newId(), newId(), newId()];
  const written = new Set<unknown>();
  const happened: Omit<Told, "recipient">[] = [];
  for (const { recipient, ...event } of events) {
    happened.push(event);
    if (recipient === undefined || written.has(event.messageId)) continue;
    written.add(event.messageId);
    const ofCampaign = { campaign: "Spring", campaignRecipientId: recipientIds[recipient] ?? newId() };
    const id = event.messageId ?? newId();
    await buildMessage(office.ctx, conversation, { id, direction: "OUTBOUND", attempts: 1, ...ofCampaign });
  }
  return happened;
}

/** Appends the events, a few in each transaction, and follows the log in pages of that size. */
async function invoiceOf(events: readonly Told[], pageSize: number): Promise<InvoiceJson> {
  const company = await foundCompany(office.ctx);
  const happened = await writeMessages(company.tenantId, events);
  for (let first = 0; first < happened.length; first += 5) {
    const data = happened.slice(first, first + 5).map((event) => ({ ...event, tenantId: company.tenantId }));
    await office.ctx.database.withSystem((tx) =>
      tx.event.createMany({ data: data.map((event) => ({ ...event, actorType: "SYSTEM" as const })) }),
    );
  }
  await follow(pageSize);
  await office.ctx.database.system.run(
    statement("test_rewind", "update billing_progress set txid = 0, seq = 0 where id = 1"),
    [],
  );
  await follow(pageSize);
  return closePeriod(company.admin, { period: "2026-01" });
}

async function follow(pageSize: number): Promise<void> {
  const { database } = office.ctx;
  const follower = createLogFollower(office.ctx, { pageSize });
  const { _max: newest } = await database.withSystem((tx) => tx.event.aggregate({ _max: { txid: true } }));
  await waitUntil(async () => {
    while (await follower.follow());
    const { txid } = await database.withSystem((tx) => tx.billingProgress.findUniqueOrThrow({ where: { id: 1 } }));
    return txid > (newest.txid ?? 0n);
  }, "the log is followed to its end");
}

test("whatever the order of the log, and however often it tells of the same, the invoice is the same", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(told, { maxLength: 30 }).chain((events) =>
        fc.record({
          events: fc.constant(events),
          // Each at least once.
          again: fc.tuple(fc.subarray(events), fc.infiniteStream(fc.nat())).map(([repeated, numbers]) =>
            [...events, ...repeated]
              .map((event) => ({ event, at: Number(numbers.next().value) }))
              .toSorted((one, other) => one.at - other.at)
              .map(({ event }) => event),
          ),
          pages: fc.tuple(fc.integer({ min: 5, max: 40 }), fc.integer({ min: 5, max: 40 })),
        }),
      ),
      async ({ events, again, pages: [one, other] }) => {
        const [first, second] = [await invoiceOf(events, one), await invoiceOf(again, other)];
        expect([second.total, second.lines]).toEqual([first.total, first.lines]);
        const chargedOf = (of: string): number =>
          first.lines.filter(({ kind }) => kind === of).reduce((sum, { quantity }) => sum + quantity, 0);
        expect(chargedOf("ticket_opened")).toBe(events.filter(({ type }) => type === "TICKET_OPENED").length);
        const files = events.filter(({ type }) => type === "MEDIA_STORED");
        const sizes = files.map(({ data }) => Number(Object(data).size));
        expect(chargedOf("media_bytes")).toBe(sizes.reduce((sum, size) => sum + size, 0));
        const recipients = new Set(events.filter((event) => !files.includes(event)).map(({ recipient }) => recipient));
        recipients.delete(undefined);
        expect(chargedOf("campaign_recipient")).toBe(recipients.size);
      },
    ),
    { numRuns: 8 },
  );
});
