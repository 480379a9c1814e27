import { statement, type Prisma } from "@parley/db";
import { newId } from "@parley/runtime";
import { waitUntil } from "@parley/testing";
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
type Told = Pick<Prisma.EventCreateManyInput, "type" | "ticketId" | "data" | "createdAt">;

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
);

/** Appends the events, a few in each transaction, and follows the log in pages of that size. */
async function invoiceOf(events: readonly Told[], pageSize: number): Promise<InvoiceJson> {
  const company = await foundCompany(office.ctx);
  for (let first = 0; first < events.length; first += 5) {
    const data = events.slice(first, first + 5).map((event) => ({ ...event, tenantId: company.tenantId }));
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
        const tickets = events.filter(({ type }) => type === "TICKET_OPENED").length;
        const charged = first.lines.filter(({ kind }) => kind === "ticket_opened");
        expect(charged.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(tickets);
      },
    ),
    { numRuns: 8 },
  );
});
