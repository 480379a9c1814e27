import type { TenantPlan, UsageKind, UsageMeter } from "@parley/db";
import { PRICE_LIST, USAGE_KINDS } from "../billing-plans/index.ts";
import { Decimal, roundMoney } from "./money.ts";
import { includedUnits, segmentsOf, type InvoicePeriod, type PlanTerms, type Segment } from "./segments.ts";

/** How much of a kind was used while the segment of this place, from 0, was valid. */
export interface UsageSum {
  kind: UsageKind;
  segment: number;
  quantity: bigint;
}

/** Units that were bought when a limit was reached. */
interface Recharge {
  meter: UsageMeter;
  units: bigint;
  unitPrice: string;
  at: Date;
}

export interface InvoiceFacts {
  period: InvoicePeriod;
  /** ISO 4217. */
  currency: string;
  /** Those that were valid in the period, and maybe others. */
  plans: readonly PlanTerms[];
  usage: readonly UsageSum[];
  recharges: readonly Recharge[];
}

export interface InvoiceLine {
  item: "monthly_fee" | "usage" | "recharge";
  /** Of usage: what was used. */
  kind: UsageKind | null;
  /** Of a recharge: of what units were bought. */
  meter: UsageMeter | null;
  /** Whose prices it has. */
  plan: TenantPlan;
  startsAt: Date;
  endsAt: Date;
  /** In units of the kind; of what was used, all of it: included + charged. */
  quantity: bigint;
  /** What the fee and recharges pay for. */
  included: bigint;
  charged: bigint;
  /** For `unitSize` units; of a fee, for the whole period. */
  unitPrice: Decimal;
  unitSize: bigint;
  /** In whole coins. */
  amount: Decimal;
}

interface ComputedInvoice {
  lines: InvoiceLine[];
  /** Of the lines. */
  total: Decimal;
}

/**
 * What is to be paid for a period: the same for the same facts, in whichever order they came to be known. The fee is by the
 * time for which each plan was valid. Included units of a meter are those of all plans, by their time, and recharges;
 * they are used up from the oldest segment on, and the rest is charged at the prices of its segment.
 */
export function computeInvoice(facts: InvoiceFacts): ComputedInvoice {
  const segments = segmentsOf(facts.period, facts.plans);
  const fees = segments.map((segment) => feeLine(segment, facts));
  const used = USAGE_KINDS.flatMap((kind) => usageLines(kind, segments, facts));
  const recharges = facts.recharges
    .toSorted((one, other) => one.at.getTime() - other.at.getTime() || order(one.meter, other.meter))
    .map((recharge) => rechargeLine(recharge, segments, facts));
  const lines = [...fees, ...used, ...recharges];
  return { lines, total: lines.reduce((sum, { amount }) => sum.plus(amount), new Decimal(0)) };
}

function feeLine(segment: Segment, { period, currency }: InvoiceFacts): InvoiceLine {
  const { startsAt, endsAt, terms } = segment;
  const unitPrice = new Decimal(terms.monthlyFee);
  const share = unitPrice
    .times(endsAt.getTime() - startsAt.getTime())
    .div(period.endsAt.getTime() - period.startsAt.getTime());
  return {
    item: "monthly_fee",
    kind: null,
    meter: null,
    plan: terms.plan,
    startsAt,
    endsAt,
    quantity: 1n,
    included: 0n,
    charged: 1n,
    unitPrice,
    unitSize: 1n,
    amount: roundMoney(share, currency),
  };
}

function usageLines(kind: UsageKind, segments: readonly Segment[], facts: InvoiceFacts): InvoiceLine[] {
  const { price, unitSize, meter } = PRICE_LIST[kind];
  let left = meter === null ? 0n : includedUnits(meter, segments, facts.period) + rechargedUnits(meter, facts);
  return segments.flatMap(({ startsAt, endsAt, terms }, place): InvoiceLine[] => {
    const quantity = sumOf(kind, place, facts.usage);
    if (quantity === 0n) return [];
    const included = quantity < left ? quantity : left;
    left -= included;
    const charged = quantity - included;
    const unitPrice = new Decimal(terms[price]);
    const amount = roundMoney(unitPrice.times(charged.toString()).div(unitSize.toString()), facts.currency);
    const line = { startsAt, endsAt, quantity, included, charged, unitPrice, unitSize, amount };
    return [{ item: "usage", kind, meter: null, plan: terms.plan, ...line }];
  });
}

function rechargeLine(
  { meter, units, unitPrice, at }: Recharge,
  segments: readonly Segment[],
  facts: InvoiceFacts,
): InvoiceLine {
  const price = new Decimal(unitPrice);
  const segment = segments.findLast(({ startsAt }) => startsAt <= at) ?? segments[0];
  if (segment === undefined) throw new Error("units were bought in a period without a plan");
  return {
    item: "recharge",
    kind: null,
    meter,
    plan: segment.terms.plan,
    startsAt: at,
    endsAt: facts.period.endsAt,
    quantity: units,
    included: 0n,
    charged: units,
    unitPrice: price,
    unitSize: 1n,
    amount: roundMoney(price.times(units.toString()), facts.currency),
  };
}

function rechargedUnits(meter: UsageMeter, { recharges }: InvoiceFacts): bigint {
  return recharges.filter((each) => each.meter === meter).reduce((sum, { units }) => sum + units, 0n);
}

function sumOf(kind: UsageKind, segment: number, usage: readonly UsageSum[]): bigint {
  return usage
    .filter((each) => each.kind === kind && each.segment === segment)
    .reduce((sum, { quantity }) => sum + quantity, 0n);
}

function order(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
