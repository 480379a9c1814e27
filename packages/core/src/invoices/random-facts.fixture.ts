import fc from "fast-check";
import { USAGE_KINDS } from "../billing-plans/index.ts";
import type { InvoiceFacts } from "./compute-invoice.ts";
import { PRO } from "./invoice.fixture.ts";
import type { PlanTerms } from "./segments.ts";

export const STARTS = new Date("2026-03-01T00:00:00Z");
const ENDS = new Date("2026-04-01T00:00:00Z");
export const period = { startsAt: STARTS, endsAt: ENDS };

const kinds = fc.constantFrom(...USAGE_KINDS);
const quantities = fc.bigInt({ min: 0n, max: 10n ** 7n });
const prices = fc.bigInt({ min: 0n, max: 10n ** 9n }).map((millionths) => `${millionths}e-6`);
const quota = fc.option(fc.bigInt({ min: 0n, max: 10_000n }), { nil: null });
export const instants = fc.integer({ min: STARTS.getTime() + 1, max: ENDS.getTime() - 1 });

export const someTerms = fc.record({
  monthlyFee: prices,
  quotas: fc.record({ TICKETS: quota, AI_ACTIONS: quota, MESSAGES: quota }),
  ticketUnitPrice: prices,
  aiActionUnitPrice: prices,
  messageUnitPrice: prices,
  autoReplyUnitPrice: prices,
  campaignRecipientUnitPrice: prices,
  tokenThousandPrice: prices,
  mediaGigabytePrice: prices,
});

/** One plan after the other, from before the period on. */
const somePlans = fc
  .tuple(fc.uniqueArray(instants, { maxLength: 3 }), fc.array(someTerms, { minLength: 4, maxLength: 4 }))
  .map(([changes, terms]): PlanTerms[] => {
    const starts = [PRO.validFrom.getTime(), ...changes.toSorted((one, other) => one - other)];
    return starts.map((start, place) => {
      const end = starts[place + 1];
      const own = terms[place] ?? PRO;
      return {
        ...own,
        plan: "PRO" as const,
        validFrom: new Date(start),
        validTo: end === undefined ? null : new Date(end),
      };
    });
  });

export const someFacts: fc.Arbitrary<InvoiceFacts> = somePlans.chain((plans) =>
  fc.record({
    period: fc.constant(period),
    currency: fc.constantFrom("EUR", "JPY", "KWD"),
    plans: fc.constant(plans),
    usage: fc.array(
      fc.record({ kind: kinds, segment: fc.integer({ min: 0, max: plans.length - 1 }), quantity: quantities }),
      { maxLength: 20 },
    ),
    recharges: fc.array(
      fc.record({
        meter: fc.constantFrom("TICKETS" as const, "AI_ACTIONS" as const, "MESSAGES" as const),
        units: fc.bigInt({ min: 1n, max: 500n }),
        unitPrice: prices,
        at: instants.map((instant) => new Date(instant)),
      }),
      { maxLength: 4 },
    ),
  }),
);
