import { statement, type Sql, type UsageMeter } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { meterColumns, selectStates } from "./limit-states.ts";

interface Bought {
  period: string;
  number: number;
  units: number;
  unitPrice: string;
  currency: string;
}

// quota_meter_pkey. Whoever found nothing left may hold the row already: a counter that is asked is locked. So those who run
// out of the same stand in line here, and not behind a recharge that waits for them.
const LINE_UP = statement<object>(
  "quota_recharge_line_up",
  `select 1 from quota_meter m
     join billing_period d on d.tenant_id = m.tenant_id and d.starts_on = m.period and d.starts_at <= $3 and d.ends_at > $3
    where m.tenant_id = $1 and m.meter = $2::text::usage_meter
      for update of m`,
);

// quota_recharge_pkey: each number of a period once, and none beyond the cap, whatever else runs out at the same time.
const BUY = statement<Bought>(
  "quota_recharge_buy",
  `with wanted as (
     select s.*, ${meterColumns("$2::text")},
            case $2::text when 'TICKETS' then s.ticket_unit_price when 'AI_ACTIONS' then s.ai_action_unit_price
                          else s.message_unit_price end as unit_price
       from (${selectStates("(values ($1::uuid)) as a (tenant_id)", "$4::timestamptz", { blocking: true })}) s
   ), bought as (
     insert into quota_recharge (tenant_id, period, number, meter, units, unit_price, currency, created_at)
     select tenant_id, period, recharges + 1, $2::text::usage_meter, auto_recharge_units, unit_price, currency, $4
       from wanted
      where period is not null and policy = 'AUTO_RECHARGE' and used + $3 > allowed
         on conflict (tenant_id, period, number) do nothing
     returning *
   ), added as (
     insert into quota_meter as m (tenant_id, period, meter, used, recharged)
     select b.tenant_id, b.period, b.meter, case when $2 = 'TICKETS' then 0 else w.used end, b.units
       from bought b join wanted w on w.tenant_id = b.tenant_id
         on conflict (tenant_id, period, meter) do update set recharged = m.recharged + excluded.recharged
   )
   select period::text as period, number, units, unit_price::text as "unitPrice", currency from bought`,
);

/**
 * Buys one recharge of a limit, if `units` are still missing and the period's cap allows it: in line, so that those who find
 * nothing left at the same time buy it once. False: somebody else has bought one, or there is none to buy. Whoever asked then
 * looks again.
 */
export async function buyRecharge(
  ctx: SystemContext,
  sql: Sql,
  { tenantId, meter, units }: { tenantId: string; meter: UsageMeter; units: number },
): Promise<boolean> {
  const now = ctx.clock.now();
  await sql.rows(LINE_UP, [tenantId, meter, now]);
  const [bought] = await sql.rows(BUY, [tenantId, meter, units, now]);
  if (!bought) return false;
  await publishEvents(ctx, sql, [
    {
      tenantId,
      actorType: "SYSTEM",
      type: "QUOTA_RECHARGED",
      data: { meter: meter.toLowerCase(), ...bought },
    },
  ]);
  return true;
}
