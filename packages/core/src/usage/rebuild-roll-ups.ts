import { statement, type Sql } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { findBilled } from "./find-billed.ts";
import { holdProgress } from "./hold-progress.ts";
import { namesOf, QUOTA_SUMS, selectDaily, selectQuotaSums, selectTicketSums, TICKET_SUMS } from "./roll-up-columns.ts";
import { readWhole } from "./read-whole.ts";

// billing_period_pkey. Whoever closes a period says that its sums are final: either before they are written, or after.
const HOLD_PERIODS = statement<object>(
  "billing_rebuild_hold_periods",
  "select from billing_period where tenant_id = $1 and status = 'OPEN' order by starts_on for share",
);

/** The ledger with the zone in which its periods have their days. usage_event_pkey */
const LEDGER = `(select e.*, d.time_zone
                   from usage_event e
                   join billing_period d on d.tenant_id = e.tenant_id and d.starts_on = e.period
                  where e.tenant_id = $1)`;

const FORGET = ["usage_daily", "ticket_billing_usage", "tenant_quota_usage"].map((table) =>
  statement(`${table}_forget`, `delete from ${table} where tenant_id = $1`),
);

const DAILY = statement(
  "usage_daily_rebuild",
  `insert into usage_daily (tenant_id, period, day, kind, channel, category, agent_id, rule_id, quantity)
   ${selectDaily(LEDGER)}`,
);

const TICKETS = statement(
  "ticket_billing_usage_rebuild",
  `insert into ticket_billing_usage (tenant_id, ticket_id, period, ${namesOf(TICKET_SUMS)}, finalized, updated_at)
   select s.*, d.status = 'CLOSED', $2::timestamptz
     from (${selectTicketSums(LEDGER)}) s
     join billing_period d on d.tenant_id = s.tenant_id and d.starts_on = s.period`,
);

// Recharges have a ledger of their own.
const QUOTAS = statement(
  "tenant_quota_usage_rebuild",
  `insert into tenant_quota_usage (tenant_id, period, ${namesOf(QUOTA_SUMS)}, auto_recharges, period_start, period_end,
                                   last_updated_at)
   select s.*, d.starts_at, d.ends_at, $2::timestamptz
     from (select tenant_id, period, ${Object.keys(QUOTA_SUMS)
       .map((name) => `coalesce(f.${name}, 0)`)
       .join(", ")}, coalesce(c.auto_recharges, 0)
             from (${selectQuotaSums(LEDGER)}) f
             full join (select tenant_id, period, count(*)::int as auto_recharges
                          from quota_recharge where tenant_id = $1 group by 1, 2) c
                  using (tenant_id, period)) s
     join billing_period d on d.tenant_id = s.tenant_id and d.starts_on = s.period`,
);

/**
 * Computes all roll-ups of a tenant, or of one after the other, from the ledger, in the place of what they say. Whoever
 * follows the log waits for a tenant's; readers see its old sums until the new ones are there.
 */
export async function rebuildRollUps(ctx: SystemContext, tenantId: string | null): Promise<void> {
  const tenantIds = tenantId === null ? await findBilled(ctx.database.system) : [tenantId];
  for (const each of tenantIds) await readWhole(ctx, (sql) => rebuildIn(ctx, sql, each));
}

async function rebuildIn(ctx: SystemContext, sql: Sql, tenantId: string): Promise<void> {
  // Only whoever has seen all rows of the ledger may say what their sums are.
  await holdProgress(sql);
  await sql.rows(HOLD_PERIODS, [tenantId]);
  const now = ctx.clock.now();
  for (const forget of FORGET) await sql.run(forget, [tenantId]);
  await sql.run(DAILY, [tenantId]);
  await sql.run(TICKETS, [tenantId, now]);
  await sql.run(QUOTAS, [tenantId, now]);
}
