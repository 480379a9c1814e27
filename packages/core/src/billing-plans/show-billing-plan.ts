import { sqlOf } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { adoptPlans } from "./adopt-plans.ts";
import { toPlanJson } from "./plan-json.ts";
import type { BillingPlanJson } from "./schemas.ts";
import { planAt } from "./write-plan.ts";

/** The terms that are valid now. A company that nobody has given any yet is given those of its plan. */
export async function showBillingPlan(ctx: RequestContext): Promise<BillingPlanJson> {
  const tenantId = authorize(ctx, "billing.read");
  const now = ctx.clock.now();
  const valid = await ctx.database.withTenant(tenantId, (tx) => planAt(tx, tenantId, now));
  if (valid) return toPlanJson(valid);
  return ctx.database.withSystem(async (tx) => {
    await adoptPlans(sqlOf(tx), [tenantId], now);
    return toPlanJson(
      await tx.tenantBillingPlan.findFirstOrThrow({ where: { tenantId }, orderBy: { validFrom: "desc" } }),
    );
  });
}
