import { sqlOf, statement, type AnyTx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { setDueTimers, type TimerKey } from "../timers/index.ts";

// timer_pkey
const FIND_SCHEDULES = statement<{ subjectId: string }>(
  "rule_schedules_find",
  `select subject_id as "subjectId" from timer where tenant_id = $1 and kind = 'run_schedule' order by subject_id`,
);

/**
 * Lets the timers of all rules with a schedule fire at once, in the transaction that changes the tenant's time zone: a timer
 * that fires at another time than its schedule's does nothing but set itself anew.
 */
export async function replanSchedules(ctx: SystemContext, tx: AnyTx, tenantId: string): Promise<void> {
  const sql = sqlOf(tx);
  const timers = await sql.rows(FIND_SCHEDULES, [tenantId]);
  const keys = timers.map(({ subjectId }): TimerKey => ({ tenantId, kind: "run_schedule", subjectId }));
  await setDueTimers(ctx, sql, keys, ctx.clock.now());
}
