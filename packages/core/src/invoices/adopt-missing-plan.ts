import { adoptPlans } from "../billing-plans/index.ts";
import type { RequestContext } from "../context/index.ts";

/** Gives a company that has no plan yet that of its kind: one that was there before there were plans. */
export async function adoptMissingPlan(ctx: RequestContext, tenantId: string): Promise<void> {
  const plans = await ctx.database.withTenant(tenantId, (tx) => tx.tenantBillingPlan.count({ where: { tenantId } }));
  if (plans > 0) return;
  await ctx.database.system.transaction((sql) => adoptPlans(sql, [tenantId], ctx.clock.now()));
}
