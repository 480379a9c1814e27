import { statement, type Sql } from "@parley/db";
import { outboxRow } from "@parley/queue";
import { toCauseColumn, type SystemContext } from "../context/index.ts";
import type { TimerKey } from "./kinds.ts";
import { HORIZON_MS, MARGIN_MS } from "./set-timer.ts";
import { timerQueue } from "./timer-queue.ts";

export interface DueTimer extends TimerKey {
  dueAt: Date;
}

// In the order of the key, because others may set the same timers.
const INSERT = `insert into timer (tenant_id, kind, subject_id, due_at, created_at, cause)
   select tenant_id, kind, subject_id, due_at, $5, $6::jsonb
     from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[]) as t (tenant_id, kind, subject_id, due_at)
    order by tenant_id, kind, subject_id
       on conflict (tenant_id, kind, subject_id)`;
// timer_pkey
const SET = statement("timer_set_many", `${INSERT} do update set due_at = excluded.due_at, cause = excluded.cause`);
const SET_UNLESS_SET = statement<DueTimer>(
  "timer_set_unless_set",
  `${INSERT} do nothing
   returning tenant_id as "tenantId", kind, subject_id as "subjectId", due_at as "dueAt"`,
);

/** What is to happen as soon as the transaction of set-wise SQL is over. Costs nothing without any; each is given once. */
export async function setDueTimers(ctx: SystemContext, sql: Sql, keys: readonly TimerKey[], at: Date): Promise<void> {
  await setTimers(
    ctx,
    sql,
    keys.map((key) => ({ ...key, dueAt: at })),
  );
}

/** `setTimer` for many, each given once. */
export async function setTimers(ctx: SystemContext, sql: Sql, timers: readonly DueTimer[]): Promise<void> {
  if (timers.length === 0) return;
  const now = ctx.clock.now();
  await sql.run(SET, [...columnsOf(timers), now, toCauseColumn(ctx.cause)]);
  await enqueueSoon(ctx, sql, timers, now);
}

/** The same, but a timer that is set already stays as it is. */
export async function setTimersUnlessSet(ctx: SystemContext, sql: Sql, timers: readonly DueTimer[]): Promise<void> {
  if (timers.length === 0) return;
  const now = ctx.clock.now();
  await enqueueSoon(
    ctx,
    sql,
    await sql.rows(SET_UNLESS_SET, [...columnsOf(timers), now, toCauseColumn(ctx.cause)]),
    now,
  );
}

/** Whoever loads the horizon has passed these already, or may have when the transaction ends. */
async function enqueueSoon(ctx: SystemContext, sql: Sql, timers: readonly DueTimer[], now: Date): Promise<void> {
  const until = now.getTime() + HORIZON_MS + MARGIN_MS;
  const soon = timers.filter(({ dueAt }) => dueAt.getTime() <= until);
  await ctx.outbox.enqueueSql(
    sql,
    soon.map(({ dueAt, ...key }) => outboxRow(timerQueue, "fire_timer", { ...key, dueAt: dueAt.getTime() })),
  );
}

function columnsOf(timers: readonly DueTimer[]): unknown[] {
  return [
    timers.map(({ tenantId }) => tenantId),
    timers.map(({ kind }) => kind),
    timers.map(({ subjectId }) => subjectId),
    timers.map(({ dueAt }) => dueAt),
  ];
}
