import { sqlOf, type TenantPlan, type Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { assertTerms } from "./assert-terms.ts";
import type { PlanTerms } from "./default-plans.ts";
import { openPeriods } from "./open-periods.ts";
import type { PlanRow } from "./plan-json.ts";

interface NewPlan {
  plan: TenantPlan;
  terms: PlanTerms;
  /** Null: now. */
  validFrom: Date | null;
  createdBy: string | null;
}

/**
 * Has new terms take the place of the old ones from a time on; what was to come after that is forgotten. The caller holds
 * the tenant's row. `validation_failed`: the terms contradict each other, or are to begin in the past; `conflict`: the
 * currency would change within a period.
 */
export async function writePlan(tx: Tx, tenantId: string, now: Date, wanted: NewPlan): Promise<PlanRow> {
  assertTerms(wanted.terms);
  if (wanted.validFrom !== null && wanted.validFrom < now) {
    const message = "must be a time to come; leave it out for now";
    throw new DomainError("validation_failed", `validFrom ${message}.`, { fields: [{ path: "validFrom", message }] });
  }
  const begun = await tx.tenantBillingPlan.findFirst({
    where: { tenantId, validFrom: { lte: now } },
    orderBy: { validFrom: "desc" },
  });
  // What has begun is history, even if it began a moment ago.
  const soonest = begun ? new Date(Math.max(now.getTime(), begun.validFrom.getTime() + 1)) : now;
  const validFrom = wanted.validFrom && wanted.validFrom > soonest ? wanted.validFrom : soonest;
  const before = await planAt(tx, tenantId, validFrom);
  if (before && before.currency !== wanted.terms.currency) {
    await assertPeriodBegins(tx, tenantId, { at: validFrom, now });
  }
  await tx.tenantBillingPlan.deleteMany({ where: { tenantId, validFrom: { gte: validFrom } } });
  await tx.tenantBillingPlan.updateMany({
    where: { tenantId, validFrom: { lt: validFrom }, OR: [{ validTo: null }, { validTo: { gt: validFrom } }] },
    data: { validTo: validFrom },
  });
  const { plan, terms, createdBy } = wanted;
  return tx.tenantBillingPlan.create({
    data: { tenantId, id: newId(), validFrom, plan, ...terms, createdBy, createdAt: now },
  });
}

/**
 * Keeps usage from being priced until the transaction ends: what is counted by then is from before the plan that is about
 * to be written. The caller reads the time afterwards.
 */
export async function holdPrices(tx: Tx): Promise<void> {
  await tx.$queryRaw`select id from billing_progress where id = 1 for update`;
}

/** The plan that is, or is going to be, valid at a time. */
export function planAt(tx: Tx, tenantId: string, at: Date): Promise<PlanRow | null> {
  return tx.tenantBillingPlan.findFirst({
    where: { tenantId, validFrom: { lte: at }, OR: [{ validTo: null }, { validTo: { gt: at } }] },
  });
}

/**
 * A period is charged in one currency. When a period to come ends is known once it is opened, so what is to come takes effect
 * with the end of the newest at the latest.
 */
async function assertPeriodBegins(tx: Tx, tenantId: string, { at, now }: { at: Date; now: Date }): Promise<void> {
  await openPeriods(sqlOf(tx), [{ tenantId, at: now }]);
  const periods = await tx.billingPeriod.findMany({
    where: { tenantId, endsAt: { gt: now } },
    orderBy: { endsAt: "asc" },
    select: { startsAt: true, endsAt: true },
  });
  if (periods.some(({ startsAt, endsAt }) => +startsAt === +at || +endsAt === +at)) return;
  const next = periods.find(({ endsAt }) => endsAt > at) ?? periods.at(-1);
  throw new DomainError(
    "conflict",
    `The currency changes only with the beginning of a period; give validFrom ${next?.endsAt.toISOString()}.`,
  );
}
