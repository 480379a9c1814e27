import { sqlOf, statement, type AnyTx, type HardLimitPolicy, type Sql, type UsageMeter } from "@parley/db";
import { openPeriods } from "../billing-plans/index.ts";
import type { SystemContext } from "../context/index.ts";
import { buyRecharge } from "./buy-recharge.ts";
import { meterColumns, selectStates } from "./limit-states.ts";
import { quotaExceeded } from "./quota-exceeded.ts";
import { LIMITED, stopsAt, type Limited } from "./stops.ts";
import { tryTakeAtOnce } from "./take-at-once.ts";

interface UnitsWanted {
  tenantId: string;
  meter: Limited;
  units: number;
  /** Of a message: it gives its unit back if it comes to nothing. */
  messageId?: string;
  /** The message may have a unit from before; then it takes no second one. */
  mayHold?: boolean;
}

interface Taken {
  /** Null: it is still to be opened. */
  period: string | null;
  policy: HardLimitPolicy;
  outcome: "free" | "taken" | "exceeded";
  /** Whose limit it is. */
  stop: UsageMeter | null;
}

/** SQL: whether the policy keeps from what $2 counts once the meter that `meterOf` names is reached. */
function stopsWanted(meterOf: (what: Limited) => UsageMeter): string {
  const each = LIMITED.map((what) => `$2 = '${what}' and ${stopsAt("s.policy", what, meterOf(what))}`);
  return `(${each.join(" or ")})`;
}

// For whom there is not plainly room: the first unit of a month, one near a limit or beyond it, and a message that may have
// one. The counter's row is moved if there is room, and the condition is asked of the row once it is locked: a hundred who
// come at once take exactly what is left. quota_meter_pkey, quota_hold_pkey
const TAKE = statement<Taken>(
  "quota_take",
  `with wanted as (
     select s.tenant_id, s.period, s.policy, ${meterColumns("$2::text")},
            case when ${stopsWanted(() => "TICKETS")} and s.tickets_used >= s.tickets_allowed then 'TICKETS'
                 when $2 <> 'MESSAGES' and ${stopsWanted(() => "MESSAGES")} and s.messages_used >= s.messages_allowed
                   then 'MESSAGES'
            end as stop,
            s.policy = 'AUTO_RECHARGE' or ${stopsWanted((what) => what)} as blocks
       from (${selectStates("(values ($1::uuid)) as a (tenant_id)", "$4::timestamptz", { blocking: true })}) s
      where not exists (select from quota_hold where tenant_id = $1 and message_id = $5)
   ), taken as (
     insert into quota_meter as m (tenant_id, period, meter, used)
     select tenant_id, period, $2::text::usage_meter, used + $3
       from wanted
      where period is not null and stop is null and blocks and used + $3 <= allowed
         on conflict (tenant_id, period, meter) do update
        set used = greatest(m.used + $3, excluded.used)
      where greatest(m.used + $3, excluded.used)
            <= (select allowed from wanted)
     returning m.period
   ), held as (
     insert into quota_hold (tenant_id, message_id, period) select $1, $5, period from taken where $5 is not null
   )
   select w.period::text as period, w.policy,
          case when w.stop is not null then 'exceeded'
               when not w.blocks or w.allowed is null then 'free'
               when exists (select from taken) then 'taken'
               else 'exceeded' end as outcome,
          coalesce(w.stop, $2::text) as stop
     from wanted w`,
);

/**
 * Takes units of a limit in the transaction of what they are for: both happen, or neither. Refuses as `quota_exceeded` when
 * so many are not left and the plan's policy blocks; buys more where it says so. For whom nothing is limited it is one
 * look-up.
 */
export async function takeUnits(ctx: SystemContext, tx: AnyTx, wanted: UnitsWanted): Promise<void> {
  const stop = await tryTakeUnits(ctx, tx, wanted);
  if (stop) throw quotaExceeded(stop);
}

/** The same for whoever goes on without them: the limit that keeps from it, or null once they are taken. */
export async function tryTakeUnits(ctx: SystemContext, tx: AnyTx, wanted: UnitsWanted): Promise<UsageMeter | null> {
  const sql = sqlOf(tx);
  const { tenantId, meter, units, mayHold = false } = wanted;
  if (!mayHold && (await tryTakeAtOnce(sql, wanted, ctx.clock.now()))) return null;
  for (;;) {
    const now = ctx.clock.now();
    const taken = await take(sql, wanted, now);
    if (!taken) return null;
    if (taken.period === null) {
      await openPeriods(sql, [{ tenantId, at: now }]);
      continue;
    }
    if (taken.outcome !== "exceeded") return null;
    if (taken.policy !== "AUTO_RECHARGE") return taken.stop;
    await buyRecharge(ctx, sql, { tenantId, meter, units });
  }
}

async function take(sql: Sql, { tenantId, meter, units, messageId }: UnitsWanted, now: Date) {
  const [row] = await sql.rows(TAKE, [tenantId, meter, units, now, messageId ?? null]);
  return row;
}
