import { sqlOf, statement, type HardLimitPolicy, type QuotaNoticeKind, type Sql, type UsageMeter } from "@parley/db";
import { outboxRow } from "@parley/queue";
import type { NewEvent, SystemContext } from "../context/index.ts";
import { publishEventsSql } from "../events/index.ts";
import { mailQueue } from "../mail/index.ts";
import { buyRecharge } from "./buy-recharge.ts";
import { findLimited, selectStates } from "./limit-states.ts";

interface Noticed {
  tenantId: string;
  period: string;
  meter: UsageMeter;
  kind: QuotaNoticeKind;
  used: string;
  included: string;
  policy: HardLimitPolicy;
}

// quota_notice_pkey: once a period.
const NOTE = statement<Noticed>(
  "quota_notices_note",
  `with reached as (
     select s.tenant_id, s.period, v.meter, k.kind, v.used, v.allowed, s.policy
       from (${selectStates("unnest($1::uuid[]) as a (tenant_id)", "$2::timestamptz", { blocking: false })}) s
      cross join lateral (values
        ('TICKETS', s.ticket_monthly_quota, s.tickets_used, s.tickets_allowed),
        ('AI_ACTIONS', s.ai_action_monthly_quota, s.ai_actions_used, s.ai_actions_allowed),
        ('MESSAGES', s.message_monthly_quota, s.messages_used, s.messages_allowed)
      ) as v (meter, quota, used, allowed)
      cross join lateral (values
        ('WARNING', ceil(v.quota * s.soft_limit_percent / 100.0)), ('REACHED', v.allowed)
      ) as k (kind, threshold)
      where s.period is not null and v.quota is not null and v.used > 0 and v.used >= k.threshold
        and not (k.kind = 'REACHED' and s.policy = 'AUTO_RECHARGE')
   ), noted as (
     insert into quota_notice (tenant_id, period, meter, kind, used, included, created_at)
     select tenant_id, period, meter::usage_meter, kind::quota_notice_kind, used, allowed, $2 from reached
      order by 1, 2, 3, 4
         on conflict do nothing
     returning *
   )
   select n.tenant_id as "tenantId", n.period::text as period, n.meter, n.kind, n.used::text as used,
          n.included::text as included, r.policy
     from noted n join reached r using (tenant_id, period)
    where r.meter = n.meter::text and r.kind = n.kind::text
    order by n.tenant_id, n.meter, n.kind desc`,
);

// tenant_pkey. Few of a platform's companies have no limit at all.
const FIND_LIMITED = statement<{ tenantId: string }>(
  "quota_tenants_with_limits",
  `select p.tenant_id as "tenantId" from tenant_billing_plan p
    where p.valid_from <= $1 and (p.valid_to is null or p.valid_to > $1)
      and coalesce(p.ticket_monthly_quota, p.ai_action_monthly_quota, p.message_monthly_quota) is not null`,
);

const CHUNK = 500;

/**
 * Tells tenants that a limit is near or reached, once a period, and buys what the tickets of their customers need where the
 * plan says so. Returns how much that was.
 */
export async function settleLimits(ctx: SystemContext, tenantIds: readonly string[]): Promise<number> {
  let count = 0;
  for (let first = 0; first < tenantIds.length; first += CHUNK) {
    const chunk = tenantIds.slice(first, first + CHUNK);
    count += await buyForTickets(ctx, chunk);
    count += await ctx.database.system.transaction((sql) => note(ctx, sql, chunk));
  }
  return count;
}

/** The same for all tenants: what a worker that died has left. */
export async function reconcileLimits(ctx: SystemContext): Promise<number> {
  const limited = await ctx.database.system.rows(FIND_LIMITED, [ctx.clock.now()]);
  return settleLimits(
    ctx,
    limited.map(({ tenantId }) => tenantId),
  );
}

/** What customers write opens tickets whatever the limit, so it may be exceeded by any number. */
async function buyForTickets(ctx: SystemContext, tenantIds: readonly string[]): Promise<number> {
  const states = await findLimited(ctx.database.system, tenantIds, ctx.clock.now());
  const short = [...states.values()].filter(
    ({ policy, ticketsUsed, ticketsAllowed }) =>
      policy === "AUTO_RECHARGE" && ticketsAllowed !== null && BigInt(ticketsUsed) > BigInt(ticketsAllowed),
  );
  let count = 0;
  for (const { tenantId } of short) {
    const buy = () =>
      ctx.database.withSystem((tx) => buyRecharge(ctx, sqlOf(tx), { tenantId, meter: "TICKETS", units: 0 }));
    while (await buy()) count += 1;
  }
  return count;
}

async function note(ctx: SystemContext, sql: Sql, tenantIds: readonly string[]): Promise<number> {
  const noticed = await sql.rows(NOTE, [tenantIds, ctx.clock.now()]);
  if (noticed.length === 0) return 0;
  await publishEventsSql(ctx, sql, noticed.map(toEvent));
  await ctx.outbox.enqueueSql(
    sql,
    noticed.map(({ tenantId, period, meter, kind }) =>
      outboxRow(mailQueue, "send_quota_notice", { tenantId, period, meter, kind }),
    ),
  );
  return noticed.length;
}

function toEvent({ tenantId, period, meter, kind, used, included, policy }: Noticed): NewEvent {
  return {
    tenantId,
    actorType: "SYSTEM",
    type: kind === "WARNING" ? "QUOTA_WARNING" : "QUOTA_REACHED",
    data: {
      meter: meter.toLowerCase(),
      period: period.slice(0, 7),
      used: Number(used),
      included: Number(included),
      policy: policy.toLowerCase(),
    },
  };
}
