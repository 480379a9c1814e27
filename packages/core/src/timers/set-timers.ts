import { statement, type Sql } from "@parley/db";
import { outboxRow } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import type { TimerKey } from "./kinds.ts";
import { timerQueue } from "./timer-queue.ts";

// timer_pkey
const SET_DUE = statement(
  "timer_set_due",
  `insert into timer (tenant_id, kind, subject_id, due_at, created_at)
   select tenant_id, kind, subject_id, $4, $4
     from unnest($1::uuid[], $2::text[], $3::uuid[]) as t (tenant_id, kind, subject_id)
       on conflict (tenant_id, kind, subject_id) do update set due_at = excluded.due_at`,
);

/** What is to happen as soon as the transaction of set-wise SQL is over. Costs nothing without any; each is given once. */
export async function setDueTimers(ctx: SystemContext, sql: Sql, keys: readonly TimerKey[], at: Date): Promise<void> {
  if (keys.length === 0) return;
  await sql.run(SET_DUE, [
    keys.map(({ tenantId }) => tenantId),
    keys.map(({ kind }) => kind),
    keys.map(({ subjectId }) => subjectId),
    at,
  ]);
  await ctx.outbox.enqueueSql(
    sql,
    keys.map((key) => outboxRow(timerQueue, "fire_timer", { ...key, dueAt: at.getTime() })),
  );
}
