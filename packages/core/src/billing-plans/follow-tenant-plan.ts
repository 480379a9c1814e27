import { sqlOf, type TenantPlan, type Tx } from "@parley/db";
import { userIdOf, type RequestContext } from "../context/index.ts";
import { adoptPlans } from "./adopt-plans.ts";
import { defaultTerms } from "./default-plans.ts";
import { holdPrices, writePlan } from "./write-plan.ts";

/**
 * The tenant, whose row the caller holds, has another plan from now on: its terms are those of that plan, until somebody
 * agrees others.
 */
export async function followTenantPlan(
  ctx: RequestContext,
  tx: Tx,
  { tenantId, plan }: { tenantId: string; plan: TenantPlan },
): Promise<void> {
  await holdPrices(tx);
  const now = ctx.clock.now();
  await adoptPlans(sqlOf(tx), [tenantId], now);
  const { currency } = await tx.tenantBillingPlan.findFirstOrThrow({
    where: { tenantId, validFrom: { lte: now } },
    orderBy: { validFrom: "desc" },
    select: { currency: true },
  });
  const terms = defaultTerms(plan, currency);
  await writePlan(tx, tenantId, now, { plan, terms, validFrom: null, createdBy: userIdOf(ctx.actor) });
}
