import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { adoptPlans } from "./adopt-plans.ts";
import { openPeriods } from "./open-periods.ts";

const LIMIT = 1_000;

// billing_period_tenant_id_ends_at_idx
const FIND_WITHOUT = statement<{ tenantId: string }>(
  "billing_tenants_without_period",
  `select t.id as "tenantId" from tenant t
    where t.status <> 'CLOSED'
      and not exists (select from billing_period p where p.tenant_id = t.id and p.ends_at > $1)
    limit ${LIMIT}`,
);

/**
 * Gives every tenant a plan and the period of now, if it has none: the first at once after its creation or this feature's,
 * the next when the last has ended. Returns how many rows that were.
 */
export async function keepBilling(ctx: SystemContext): Promise<number> {
  const now = ctx.clock.now();
  const adopted = await ctx.database.system.transaction((sql) => adoptPlans(sql, null, now));
  for (let count = adopted; ;) {
    const tenants = await ctx.database.system.rows(FIND_WITHOUT, [now]);
    const needs = tenants.map(({ tenantId }) => ({ tenantId, at: now }));
    const opened = await ctx.database.system.transaction((sql) => openPeriods(sql, needs));
    count += opened;
    if (tenants.length < LIMIT || opened === 0) return count;
  }
}
