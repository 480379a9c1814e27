import { statement, type Sql } from "@parley/db";

// billing_period_tenant_id_ends_at_idx, ticket_tenant_id_created_at_id_idx. The first period of a tenant is the month of
// the first time that is asked for; each further one begins where the last one ends, and ends where its month does in the zone that
// the tenant has now: a month is longer than any two zones are apart.
const OPEN = statement(
  "billing_periods_open",
  `with recursive asked as (
     select t.id, t.time_zone, min(a.at) as since, max(a.at) as at
       from unnest($1::uuid[], $2::timestamptz[]) as a (tenant_id, at)
       join tenant t on t.id = a.tenant_id
      group by t.id
   ), known as (
     select a.*, last.starts_on, last.ends_at
       from asked a
       left join lateral (
         select starts_on, ends_at, status from billing_period where tenant_id = a.id order by ends_at desc limit 1
       ) last on true
      where last.ends_at is null or last.ends_at <= a.at or last.status = 'CLOSED'
   ), opened (id, time_zone, at, starts_on, starts_at, ends_at) as (
     select id, time_zone, at, month, starts_at, (month + interval '1 month') at time zone time_zone
       from (
         select k.id, k.time_zone, k.at,
                coalesce((k.starts_on + interval '1 month')::date, date_trunc('month', k.since at time zone k.time_zone)::date)
                  as month,
                coalesce(k.ends_at, date_trunc('month', k.since at time zone k.time_zone) at time zone k.time_zone) as starts_at
           from known k
       ) first
     union all
     select o.id, o.time_zone, o.at, (o.starts_on + interval '1 month')::date, o.ends_at,
            (o.starts_on + interval '2 months') at time zone o.time_zone
       from opened o
      where o.ends_at <= o.at
   )
   insert into billing_period (tenant_id, starts_on, starts_at, ends_at, time_zone, tickets_before)
   select o.id, o.starts_on, o.starts_at, o.ends_at, o.time_zone,
          coalesce((select number from ticket k
                     where k.tenant_id = o.id and k.created_at < o.starts_at
                     order by k.created_at desc, k.id desc limit 1), 0)
     from opened o
    order by o.id, o.starts_on
       on conflict (tenant_id, starts_on) do nothing`,
);

/** A tenant, and a time for which it is to have a period. */
interface PeriodNeed {
  tenantId: string;
  at: Date;
}

/**
 * Opens the calendar months up to these times for tenants that have none then, and the next one after a month that is
 * closed: all in between too, so that periods have no gaps. A period stays as it was opened, whatever becomes of the tenant's time zone. Returns how many were opened.
 */
export async function openPeriods(sql: Sql, needs: readonly PeriodNeed[]): Promise<number> {
  if (needs.length === 0) return 0;
  return sql.run(OPEN, [needs.map(({ tenantId }) => tenantId), needs.map(({ at }) => at)]);
}
