import { statement, type HardLimitPolicy, type Sql, type UsageMeter } from "@parley/db";

/** Where a tenant stands with what its plan limits, in the period of now. Counts are bigints as text. */
export interface LimitState {
  tenantId: string;
  /** YYYY-MM-DD; null: the period is still to be opened. */
  period: string | null;
  /** What holds now: after the last recharge, what was agreed for then. */
  policy: HardLimitPolicy;
  ticketsUsed: string;
  aiActionsUsed: string;
  messagesUsed: string;
  /** The quota with what was bought; null: no limit. */
  ticketsAllowed: string | null;
  aiActionsAllowed: string | null;
  messagesAllowed: string | null;
}

/**
 * SQL for the states of tenants that have a quota: `tenants` is a relation with their `tenant_id`, `now` an expression. What
 * the plan of now says for a month is the limit, whatever the plan was before. Tickets are counted by their numbers, and
 * what was counted elsewhere than in the meter (while nothing was limited) by the roll-up. With `blocking`, without those
 * of whom nothing is refused: then their plan is all that is read. tenant_billing_plan_tenant_id_valid_from_key,
 * billing_period_tenant_id_ends_at_idx, tenant_quota_usage_pkey, quota_meter_pkey, quota_recharge_pkey
 */
export function selectStates(tenants: string, now: string, { blocking }: { blocking: boolean }): string {
  return `
    select p.tenant_id, d.starts_on as period, p.currency, p.soft_limit_percent, p.auto_recharge_units,
           p.ticket_unit_price, p.ai_action_unit_price, p.message_unit_price,
           p.ticket_monthly_quota, p.ai_action_monthly_quota, p.message_monthly_quota,
           case when p.hard_limit_policy = 'AUTO_RECHARGE' and r.recharges >= p.max_recharges_per_period
                then p.when_exhausted else p.hard_limit_policy end as policy,
           r.recharges,
           coalesce(t.last_ticket_number - d.tickets_before, 0) as tickets_used,
           greatest(m.ai_actions, u.ai_actions_count, 0) as ai_actions_used,
           greatest(m.messages, u.messages_count, 0) as messages_used,
           p.ticket_monthly_quota::bigint * p.hard_limit_percent / 100 + m.more_tickets as tickets_allowed,
           p.ai_action_monthly_quota::bigint * p.hard_limit_percent / 100 + m.more_ai_actions as ai_actions_allowed,
           p.message_monthly_quota::bigint * p.hard_limit_percent / 100 + m.more_messages as messages_allowed
      from ${tenants}
      join tenant_billing_plan p
        on p.tenant_id = a.tenant_id and p.valid_from <= ${now} and (p.valid_to is null or p.valid_to > ${now})
       and coalesce(p.ticket_monthly_quota, p.ai_action_monthly_quota, p.message_monthly_quota) is not null
       ${blocking ? "and p.hard_limit_policy <> 'OVERAGE'" : ""}
      join tenant t on t.id = p.tenant_id
      left join billing_period d on d.tenant_id = p.tenant_id and d.starts_at <= ${now} and d.ends_at > ${now}
      left join tenant_quota_usage u on u.tenant_id = p.tenant_id and u.period = d.starts_on
     cross join lateral (
       select max(used) filter (where meter = 'AI_ACTIONS') as ai_actions,
              max(used) filter (where meter = 'MESSAGES') as messages,
              coalesce(max(recharged) filter (where meter = 'TICKETS'), 0) as more_tickets,
              coalesce(max(recharged) filter (where meter = 'AI_ACTIONS'), 0) as more_ai_actions,
              coalesce(max(recharged) filter (where meter = 'MESSAGES'), 0) as more_messages
         from quota_meter where tenant_id = p.tenant_id and period = d.starts_on
     ) m
     cross join lateral (
       select count(*)::int as recharges from quota_recharge where tenant_id = p.tenant_id and period = d.starts_on
     ) r`;
}

/** What of a state a meter is about, as columns of a relation `s` that `selectStates` makes. */
export function meterColumns(meter: string): string {
  return `case ${meter} when 'TICKETS' then s.tickets_used when 'AI_ACTIONS' then s.ai_actions_used
                        else s.messages_used end as used,
          case ${meter} when 'TICKETS' then s.tickets_allowed when 'AI_ACTIONS' then s.ai_actions_allowed
                        else s.messages_allowed end as allowed`;
}

const FIND = statement<LimitState>(
  "quota_states",
  `select s.tenant_id as "tenantId", s.period::text as period, s.policy,
          s.tickets_used::text as "ticketsUsed", s.ai_actions_used::text as "aiActionsUsed",
          s.messages_used::text as "messagesUsed", s.tickets_allowed::text as "ticketsAllowed",
          s.ai_actions_allowed::text as "aiActionsAllowed", s.messages_allowed::text as "messagesAllowed"
     from (${selectStates("unnest($1::uuid[]) as a (tenant_id)", "$2::timestamptz", { blocking: true })}) s`,
);

/** Those of tenants of whom something may be refused; all others may do what they want. */
export async function findLimited(
  sql: Sql,
  tenantIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, LimitState>> {
  const rows = await sql.rows(FIND, [[...new Set(tenantIds)], now]);
  return new Map(rows.map((row) => [row.tenantId, row]));
}

/** Whether so much is used that not one more is left. */
export function isReached(state: LimitState, meter: UsageMeter): boolean {
  const [used, allowed] = countsOf(state, meter);
  return allowed !== null && BigInt(used) >= BigInt(allowed);
}

function countsOf(state: LimitState, meter: UsageMeter): [used: string, allowed: string | null] {
  switch (meter) {
    case "TICKETS":
      return [state.ticketsUsed, state.ticketsAllowed];
    case "AI_ACTIONS":
      return [state.aiActionsUsed, state.aiActionsAllowed];
    case "MESSAGES":
      return [state.messagesUsed, state.messagesAllowed];
  }
}
