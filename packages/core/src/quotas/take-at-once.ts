import { statement, type Sql, type Statement } from "@parley/db";
import { stopsAt, type Limited } from "./stops.ts";

interface AtOnce {
  /** Nothing of this kind is refused now, and no counter moves. */
  isFree: boolean;
  isTaken: boolean;
}

/** SQL: whether a plan's policy, or the one that follows its last recharge, keeps from something once `meter` is reached. */
function mayStopAt(what: Limited, meter: "TICKETS" | Limited): string {
  return `((${stopsAt("p.hard_limit_policy", what, meter)} or ${stopsAt("p.when_exhausted", what, meter)}) is true)`;
}

const QUOTAS = { AI_ACTIONS: "p.ai_action_monthly_quota", MESSAGES: "p.message_monthly_quota" } as const;

/** A message keeps its unit until it is known what became of it; other things are done when they take theirs. */
const HELD = `held as (
       insert into quota_hold (tenant_id, message_id, period) select $1, $4::uuid, period from taken
     )`;

// tenant_billing_plan_tenant_id_valid_from_key is all that is read where nothing is refused. billing_period_pkey,
// quota_meter_pkey: the counter's row moves if there is room, and the condition is asked of the row once that is locked.
// Tickets are compared with their limit without recharges: below that they are no obstacle in any case. Most of what a
// statement of this size costs is setting it up, so it looks at nothing else.
function takeAtOnce(what: Limited): Statement<AtOnce> {
  const own = `p.hard_limit_policy = 'AUTO_RECHARGE' or ${stopsAt("p.hard_limit_policy", what, what)}`;
  const others = what === "AI_ACTIONS" ? `${mayStopAt(what, "MESSAGES")} and ${QUOTAS.MESSAGES} is not null` : "false";
  return statement<AtOnce>(
    `quota_take_at_once_${what.toLowerCase()}`,
    `with plan as materialized (
       select d.starts_on as period,
              case when ${own} then ${QUOTAS[what]}::bigint * p.hard_limit_percent / 100 end as allowed,
              not (${others})
              and (p.ticket_monthly_quota is null or not ${mayStopAt(what, "TICKETS")}
                   or (select last_ticket_number from tenant where id = $1) - d.tickets_before
                      < p.ticket_monthly_quota::bigint * p.hard_limit_percent / 100) as is_clear
         from tenant_billing_plan p
         left join billing_period d on d.tenant_id = $1 and d.starts_at <= $3 and d.ends_at > $3
        where p.tenant_id = $1 and p.valid_from <= $3 and (p.valid_to is null or p.valid_to > $3)
          and p.hard_limit_policy <> 'OVERAGE'
          and ((${own}) and ${QUOTAS[what]} is not null
               or ${mayStopAt(what, "TICKETS")} and p.ticket_monthly_quota is not null
               or ${others})
     ), taken as (
       update quota_meter m set used = m.used + $2
         from plan p
        where m.tenant_id = $1 and m.period = p.period and m.meter = '${what}'
          and p.is_clear and m.used + $2 <= p.allowed + m.recharged
       returning m.period
     )${what === "MESSAGES" ? `, ${HELD}` : ""}
     select p.is_clear and p.allowed is null as "isFree", exists (select from taken) as "isTaken" from plan p`,
  );
}

const TAKE = { AI_ACTIONS: takeAtOnce("AI_ACTIONS"), MESSAGES: takeAtOnce("MESSAGES") } as const;

interface Wanted {
  tenantId: string;
  meter: Limited;
  units: number;
  messageId?: string;
}

/**
 * Takes units where there is plainly room for them, or nothing to take: what nearly always is so. False: it has changed
 * nothing, and whether there is room is still to be asked. A message must not have a unit yet.
 */
export async function tryTakeAtOnce(
  sql: Sql,
  { tenantId, meter, units, messageId }: Wanted,
  now: Date,
): Promise<boolean> {
  const values = [tenantId, units, now];
  // A message that nobody names could not give its unit back.
  if (meter === "MESSAGES" && messageId === undefined) return false;
  const [plan] = await sql.rows(TAKE[meter], messageId === undefined ? values : [...values, messageId]);
  return !plan || plan.isFree || plan.isTaken;
}
