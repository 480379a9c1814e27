import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, mapPage, readCursor, rowsToRead, timeKey, type Page } from "../paging/index.ts";
import { toPlanJson } from "./plan-json.ts";
import type { BillingPlanJson, ListBillingPlansQuery } from "./schemas.ts";

/**
 * What was agreed, and is to be, newest first: each with the time from which it holds. Relies on
 * tenant_billing_plan_tenant_id_valid_from_key.
 */
export async function listBillingPlans(
  ctx: RequestContext,
  query: ListBillingPlansQuery,
): Promise<Page<BillingPlanJson>> {
  const tenantId = authorize(ctx, "billing.read");
  const { limit } = query;
  const [before] = readCursor(query.cursor, timeKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.tenantBillingPlan.findMany({
      where: { tenantId, ...(before !== undefined && { validFrom: { lt: before } }) },
      orderBy: { validFrom: "desc" },
      take: rowsToRead(limit),
    }),
  );
  return mapPage(
    cutPage(rows, limit, (plan) => [plan.validFrom, plan.id]),
    toPlanJson,
  );
}
