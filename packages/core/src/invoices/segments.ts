import type { TenantPlan, UsageMeter } from "@parley/db";
import type { Prices } from "../billing-plans/index.ts";
import { Decimal } from "./money.ts";

export interface InvoicePeriod {
  startsAt: Date;
  /** No longer within. */
  endsAt: Date;
}

/** What a plan costs and includes while it is valid. */
export interface PlanTerms extends Prices {
  plan: TenantPlan;
  validFrom: Date;
  /** No longer within; null: until further notice. */
  validTo: Date | null;
  /** For a whole period. */
  monthlyFee: string;
  /** How many units of each meter a whole period includes; null: none, and each is charged. */
  quotas: Readonly<Record<UsageMeter, bigint | null>>;
}

/** The part of a period in which one plan was valid. */
export interface Segment {
  startsAt: Date;
  endsAt: Date;
  terms: PlanTerms;
}

/**
 * The period by plans, in order. `plans` follow one another without gaps; before the first of them there is nothing, so a
 * company that came in the middle of a month pays a part of the fee.
 */
export function segmentsOf(period: InvoicePeriod, plans: readonly PlanTerms[]): Segment[] {
  return plans
    .map((terms) => ({
      startsAt: later(period.startsAt, terms.validFrom),
      endsAt: terms.validTo === null ? period.endsAt : earlier(period.endsAt, terms.validTo),
      terms,
    }))
    .filter(({ startsAt, endsAt }) => startsAt < endsAt)
    .toSorted((one, other) => one.startsAt.getTime() - other.startsAt.getTime());
}

/**
 * How many units of a meter the plans of the period include together, by the time for which each was valid,
 * half to even.
 */
export function includedUnits(meter: UsageMeter, segments: readonly Segment[], period: InvoicePeriod): bigint {
  const sum = segments.reduce(
    (units, segment) =>
      units.plus(new Decimal((segment.terms.quotas[meter] ?? 0n).toString()).times(lengthOf(segment))),
    new Decimal(0),
  );
  return BigInt(sum.div(lengthOf(period)).round().toFixed());
}

function lengthOf({ startsAt, endsAt }: InvoicePeriod): Decimal {
  return new Decimal(endsAt.getTime() - startsAt.getTime());
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other;
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
