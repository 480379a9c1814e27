import { statement, type Sql } from "@parley/db";
import { adoptPlans, openPeriods } from "../billing-plans/index.ts";
import type { LogPage, LogWindow } from "../log-readers/index.ts";
import {
  additionsOf,
  namesOf,
  QUOTA_SUMS,
  selectDaily,
  selectQuotaSums,
  selectTicketSums,
  TICKET_SUMS,
} from "./roll-up-columns.ts";
import { FOLLOWED_TYPES, withCounted } from "./what-counts.ts";

export interface FollowedPage extends LogPage {
  /** New rows of the ledger. */
  counted: number;
  /** Tenants that used something, or bought a recharge. */
  tenantIds: string[];
}

interface PageRow extends FollowedPage {
  /** Tenants without a plan, or a period for what they used; and when they used it. Then nothing was written. */
  missing: { tenantId: string; first: string; last: string }[];
}

const TYPES = FOLLOWED_TYPES.map((type) => `'${type}'`).join(", ");

/** SQL of a page of the log, and of one tenant's: after ($1, $2), before the transaction $3, at most $4. */
function selectPage(where: string): string {
  return `select tenant_id, txid, seq, type, actor_type, actor_id, ticket_id, message_id, data, cause, created_at
       from event
      where ${where} txid >= $1 and txid < $3 and (txid > $1 or seq > $2) and type in (${TYPES})
      order by txid, seq
      limit $4`;
}

// message_pkey, inbox_pkey, ticket_pkey; usage_event_tenant_id_kind_cause_key decides what is new. Usage falls into the
// first open period that ends after its time: its own, or the next if that is closed. Whoever closes a period locks its row,
// which is held here (for share): so nothing is added to what is closed. Only what was new moves the roll-ups; recharges,
// which have a ledger of their own, are counted there. A message's unit of a limit (quota_hold_pkey) ends with it: what has
// left is counted by the ledger, now or since it left before; what came to nothing is free again, unless somebody has just
// tried it again, who holds the message; and what left without one, because nothing was limited then, is counted all the
// same. No counter is below what was summed up. Counters are locked in one order, because others move several as well.
function countPage(page: string): string {
  return `with page as materialized (
     ${page}
   ), ${withCounted()}, tenants as materialized (
     select distinct tenant_id from counted
   ), open as materialized (
     select p.tenant_id, p.starts_on, p.ends_at, p.time_zone
       from tenants c
      cross join lateral (
        select * from billing_period where tenant_id = c.tenant_id and status = 'OPEN' order by ends_at limit 100 for share
      ) p
   ), spans as materialized (
     select tenant_id, starts_on as period, time_zone, ends_at,
            coalesce(lag(ends_at) over (partition by tenant_id order by ends_at), '-infinity') as begins_at
       from open
   ), placed as materialized (
     select c.*, s.period
       from counted c
       left join spans s
         on s.tenant_id = c.tenant_id and c.occurred_at >= s.begins_at and c.occurred_at < s.ends_at
      where c.quantity > 0 and c.cause is not null
   ), missing as materialized (
     select tenant_id, min(occurred_at) as first, max(occurred_at) as last
       from placed
      where period is null
         or tenant_id in (select tenant_id from tenants t
                           where not exists (select from tenant_billing_plan p where p.tenant_id = t.tenant_id))
      group by 1
   ), written as (
     insert into usage_event (tenant_id, kind, cause, quantity, occurred_at, period, event_txid, event_seq, ticket_id,
                              channel, category, agent_id, rule_id)
     select tenant_id, kind, cause, quantity, occurred_at, period, txid, seq, ticket_id, channel, category, agent_id, rule_id
       from placed
      where not exists (select from missing)
      order by txid, seq, kind
         on conflict (tenant_id, kind, cause) do nothing
     returning *
   ), fresh as materialized (
     select w.*, s.time_zone from written w join spans s on s.tenant_id = w.tenant_id and s.period = w.period
   ), metered as materialized (
     select t.tenant_id
       from (select distinct tenant_id from page) t
      cross join lateral (
        select from quota_meter where tenant_id = t.tenant_id limit 1
      ) q
   ), departed as materialized (
     select distinct tenant_id, cause
       from placed join metered using (tenant_id)
      where kind = 'OUTBOUND_MESSAGE' and not exists (select from missing)
   ), settled as (
     delete from quota_hold h using departed d where h.tenant_id = d.tenant_id and h.message_id = d.cause
     returning h.tenant_id, h.period
   ), held as materialized (
     select distinct e.tenant_id, e.message_id
       from page e
       join metered using (tenant_id)
      cross join lateral (
        select from quota_hold h where h.tenant_id = e.tenant_id and h.message_id = e.message_id limit 1
      ) h
      where (e.type = 'MESSAGE_CANCELLED' or e.type = 'MESSAGE_STATUS_CHANGED' and e.data ->> 'status' = 'failed')
        and not exists (select from missing)
      order by 2
   ), released as (
     delete from quota_hold h
      using held x
      cross join lateral (
        select status from message m where m.tenant_id = x.tenant_id and m.id = x.message_id limit 1 for share
      ) m
      where h.tenant_id = x.tenant_id and h.message_id = x.message_id and m.status in ('FAILED', 'CANCELLED')
     returning h.tenant_id, h.period
   ), daily as (
     insert into usage_daily as r (tenant_id, period, day, kind, channel, category, agent_id, rule_id, quantity)
     ${selectDaily("fresh")}
         on conflict (tenant_id, period, day, kind, channel, category, agent_id, rule_id) do update
        set quantity = r.quantity + excluded.quantity
   ), tickets as (
     insert into ticket_billing_usage as r (tenant_id, ticket_id, period, ${namesOf(TICKET_SUMS)}, updated_at)
     select s.*, $5::timestamptz from (${selectTicketSums("fresh")}) s
         on conflict (tenant_id, ticket_id, period) do update
        set ${additionsOf(TICKET_SUMS)}, updated_at = excluded.updated_at
   ), recharged as materialized (
     select b.tenant_id, b.period, count(*)::int as auto_recharges
       from (select distinct tenant_id, (data ->> 'period')::date as period
               from page where type = 'QUOTA_RECHARGED' and not exists (select from missing)) b
       join quota_recharge r on r.tenant_id = b.tenant_id and r.period = b.period
      group by 1, 2
   ), quotas as (
     insert into tenant_quota_usage as r (tenant_id, period, ${namesOf(QUOTA_SUMS)}, auto_recharges, period_start,
                                          period_end, last_updated_at)
     select s.*, d.starts_at, d.ends_at, $5::timestamptz
       from (select tenant_id, period, ${Object.keys(QUOTA_SUMS)
         .map((name) => `coalesce(f.${name}, 0)`)
         .join(", ")},
                    coalesce(c.auto_recharges, 0)
               from (${selectQuotaSums("fresh")}) f
               full join recharged c using (tenant_id, period)) s
      cross join lateral (
        select starts_at, ends_at from billing_period where tenant_id = s.tenant_id and starts_on = s.period limit 1
      ) d
      order by s.tenant_id, s.period
         on conflict (tenant_id, period) do update
        set ${additionsOf(QUOTA_SUMS)}, auto_recharges = greatest(r.auto_recharges, excluded.auto_recharges),
            last_updated_at = excluded.last_updated_at
     returning r.tenant_id, r.period, r.ai_actions_count, r.messages_count
   ), moves as materialized (
     select tenant_id, period, meter::usage_meter as meter, sum(units)::bigint as units, max(least_used) as least_used
       from (select tenant_id, period, 'MESSAGES' as meter, 1 as units, 0 as least_used
               from fresh where kind = 'OUTBOUND_MESSAGE'
             union all select tenant_id, period, 'MESSAGES', -1, 0 from settled
             union all select tenant_id, period, 'MESSAGES', -1, 0 from released
             union all select tenant_id, period, 'MESSAGES', 0, messages_count from quotas
             union all select tenant_id, period, 'AI_ACTIONS', 0, ai_actions_count from quotas) each
       join metered using (tenant_id)
      group by 1, 2, 3
   ), moving as materialized (
     select m.tenant_id, m.period, m.meter, v.units, v.least_used
       from moves v
       join quota_meter m on m.tenant_id = v.tenant_id and m.period = v.period and m.meter = v.meter
      where v.units <> 0 or m.used < v.least_used
      order by 1, 2, 3
        for no key update of m
   ), meters as (
     update quota_meter m set used = greatest(m.used + v.units, v.least_used)
       from moving v
      where m.tenant_id = v.tenant_id and m.period = v.period and m.meter = v.meter
   )
   select (select count(*)::int from page) as events, last.txid::text as "lastTxid", last.seq::text as "lastSeq",
          (select count(*)::int from fresh) as counted,
          coalesce((select array_agg(distinct tenant_id) from (select tenant_id from fresh union all select tenant_id from recharged) t),
                   '{}') as "tenantIds",
          coalesce((select json_agg(json_build_object('tenantId', tenant_id, 'first', first, 'last', last)) from missing), '[]')
            as missing
     from (select) one left join (select txid, seq from page order by txid desc, seq desc limit 1) last on true`;
}

// event_txid_idx
const FOLLOW = statement<PageRow>("usage_follow_page", countPage(selectPage("")));

// event_tenant_id_txid_seq_idx
const FOLLOW_TENANT = statement<PageRow>("usage_follow_page_of_tenant", countPage(selectPage("tenant_id = $6 and")));

/** So often what is missing is made before a page: once, and once more when a period was closed in the same moment. */
const MOST_TRIES = 5;

/**
 * Turns a window of the log, or of one tenant's, into rows of the ledger and adds those that are new to the roll-ups; in the
 * transaction of whoever holds the progress. Opens the periods that it needs.
 */
export async function followPage(sql: Sql, window: LogWindow, now: Date, ofTenant?: string): Promise<FollowedPage> {
  const { txid, seq, until, limit } = window;
  const values = [txid, seq, until, limit, now];
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const [row] =
      ofTenant === undefined ? await sql.rows(FOLLOW, values) : await sql.rows(FOLLOW_TENANT, [...values, ofTenant]);
    if (!row) throw new Error("an aggregate returns a row");
    const { missing, ...page } = row;
    if (missing.length === 0) return page;
    await adoptPlans(
      sql,
      missing.map(({ tenantId }) => tenantId),
      now,
    );
    await openPeriods(
      sql,
      missing.flatMap(({ tenantId, first, last }) => [
        { tenantId, at: new Date(first) },
        { tenantId, at: new Date(last) },
      ]),
    );
  }
  throw new Error("periods are closed faster than they are opened");
}
