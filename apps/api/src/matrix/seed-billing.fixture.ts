import type { TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import type { Things } from "./things.fixture.ts";

type Tenant = Pick<Things, "tenant" | "member" | "ticket" | "message" | "rule" | "canary">;

const FIRST_YEAR = 2001;
/** Fewer than those before the months of spares. */
const MONTHS = 180;
let seeded = 0;

/** Two months that follow each other, and are not those of the tenant before. */
function nextMonths(): [string, string] {
  const [first, second] = [seeded % MONTHS, (seeded + 1) % MONTHS];
  seeded += 2;
  return [monthAt(first), monthAt(second)];
}

function monthAt(index: number): string {
  return new Date(Date.UTC(FIRST_YEAR, index)).toISOString().slice(0, "2001-01".length);
}

export const firstDayOf = (month: string): Date => new Date(`${month}-01T00:00:00Z`);
export const monthAfter = (month: string): Date => {
  const day = firstDayOf(month);
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1));
};

/**
 * Terms that have changed, two months that are closed, each with an invoice, the month of now, and whatever else is kept of
 * what is used and paid. `period` is the last of those that are closed.
 */
export async function seedBilling(context: TestContext, things: Tenant): Promise<Pick<Things, "period">> {
  const { tenant: tenantId, member: agentId, ticket: ticketId, message: messageId, rule: ruleId, canary } = things;
  const months = nextMonths();
  const [, period] = months;
  const startsOn = firstDayOf(period);
  const at = new Date(startsOn.getTime() + 3_600_000);
  const now = context.clock.now();
  const current = firstDayOf(now.toISOString().slice(0, "2001-01".length));
  await context.database.withSystem(async (tx) => {
    const terms = { tenantId, plan: "DEV", currency: "EUR", monthlyFee: "10", hardLimitPolicy: "OVERAGE" } as const;
    const change = firstDayOf("2016-01");
    await tx.tenantBillingPlan.createMany({
      data: [
        { ...terms, id: newId(), validFrom: firstDayOf("2000-01"), validTo: change },
        { ...terms, id: newId(), validFrom: change },
      ],
    });
    const zone = { tenantId, timeZone: "UTC", ticketsBefore: 0n };
    await tx.billingPeriod.createMany({
      data: [
        ...months.map((month) => ({
          ...zone,
          startsOn: firstDayOf(month),
          startsAt: firstDayOf(month),
          endsAt: monthAfter(month),
          status: "CLOSED" as const,
          closedAt: now,
        })),
        { ...zone, startsOn: current, startsAt: current, endsAt: monthAfter(current.toISOString().slice(0, 7)) },
      ],
    });
    const used = { tenantId, period: startsOn, kind: "OUTBOUND_MESSAGE", quantity: 1n } as const;
    const event = {
      ...used,
      occurredAt: at,
      eventTxid: 1n,
      eventSeq: 1n,
      ticketId,
      channel: "WHATSAPP",
      agentId,
      ruleId,
    };
    await tx.usageEvent.createMany({
      data: [messageId, newId()].map((cause) => ({ ...event, channel: "WHATSAPP" as const, cause, category: canary })),
    });
    await tx.usageDaily.create({
      data: { ...used, quantity: 2n, day: startsOn, channel: "WHATSAPP", category: canary, agentId, ruleId },
    });
    const rolled = { tenantId, period: startsOn };
    await tx.tenantQuotaUsage.create({
      data: { ...rolled, periodStart: startsOn, periodEnd: monthAfter(period), messagesCount: 2n, lastUpdatedAt: at },
    });
    await tx.ticketBillingUsage.create({ data: { ...rolled, ticketId, humanMessagesCount: 2n, updatedAt: at } });
    await tx.quotaMeter.create({ data: { ...rolled, meter: "MESSAGES", used: 2n } });
    await tx.quotaHold.create({ data: { ...rolled, messageId } });
    const bought = { number: 1, meter: "MESSAGES", units: 1, unitPrice: "1", currency: "EUR", createdAt: at } as const;
    await tx.quotaRecharge.create({ data: { ...rolled, ...bought } });
    const notice = { meter: "MESSAGES", kind: "WARNING", used: 2n, included: 2n, createdAt: at, mailedAt: at } as const;
    await tx.quotaNotice.create({ data: { ...rolled, ...notice } });
  });
  for (const month of months) await seedInvoice(context, { ...things, period: month });
  const note = { tenantId, period: startsOn, number: 1, reason: `For ${canary}`, amount: "1", createdAt: at };
  await context.database.withSystem(async (tx) => {
    const { id: creditNoteId } = await tx.creditNote.create({ data: { ...note, id: newId() } });
    await tx.creditNoteLine.create({ data: { tenantId, creditNoteId, position: 1, invoicePosition: 1, amount: "1" } });
    const payment = { tenantId, period: startsOn, provider: "local", amount: "9", currency: "EUR", requestedAt: at };
    await tx.paymentAttempt.create({
      data: {
        ...payment,
        id: newId(),
        state: "REFUSED",
        reference: canary,
        error: { code: "no_funds", title: canary },
        settledAt: at,
      },
    });
  });
  return { period };
}

/** An invoice of 10 for a month that is closed. */
export async function seedInvoice(
  context: TestContext,
  { tenant: tenantId, canary, period: month }: Pick<Things, "tenant" | "canary" | "period">,
): Promise<void> {
  const period = firstDayOf(month);
  const line = { position: 1, item: "monthly_fee", plan: "DEV", quantity: 1n, charged: 1n, unitPrice: "10" } as const;
  await context.database.withSystem(async (tx) => {
    await tx.invoice.create({
      data: { tenantId, period, company: canary, currency: "EUR", total: "10", issuedAt: context.clock.now() },
    });
    await tx.invoiceLine.create({
      data: { tenantId, period, ...line, startsAt: period, endsAt: monthAfter(month), amount: "10" },
    });
  });
}
