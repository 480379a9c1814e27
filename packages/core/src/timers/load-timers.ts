import { statement } from "@parley/db";
import { outboxRow } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import type { TimerKind } from "./kinds.ts";
import { HORIZON_MS } from "./set-timer.ts";
import { timerQueue } from "./timer-queue.ts";

interface DueTimer {
  tenantId: string;
  kind: TimerKind;
  subjectId: string;
  dueAt: Date;
}

// timer_due_at_idx. With ties, because the next page begins after the last one's time.
const FIND_DUE = statement<DueTimer>(
  "timer_find_due",
  `select tenant_id as "tenantId", kind, subject_id as "subjectId", due_at as "dueAt"
     from timer
    where due_at > $1 and due_at <= $2
    order by due_at
    fetch first $3 rows with ties`,
);

const LIMIT = 5_000;
/** What is overdue by this has lost its job: whoever fires timers is not so late. */
const STRANDED_MS = 15_000;

/**
 * Returns a task to be run again and again. It puts on the queue what comes due within the horizon, each timer once,
 * and what should have fired and did not, because its job was lost with Redis. It tells how many that were. Several
 * processes may do so: the job of a timer has one id.
 */
export function createTimerLoader(ctx: SystemContext): () => Promise<number> {
  let loadedUntil = new Date(0);

  return async () => {
    const now = ctx.clock.now().getTime();
    const stranded = await load(ctx, new Date(0), new Date(Math.min(now - STRANDED_MS, loadedUntil.getTime())));
    const soon = await load(ctx, loadedUntil, new Date(now + HORIZON_MS));
    loadedUntil = soon.loadedUntil;
    return stranded.count + soon.count;
  };
}

/** Publishes the timers between two times, some `LIMIT` of them, and tells how far that was. */
async function load(ctx: SystemContext, after: Date, until: Date): Promise<{ count: number; loadedUntil: Date }> {
  const timers = until > after ? await ctx.database.system.rows(FIND_DUE, [after, until, LIMIT]) : [];
  const rows = timers.map(({ dueAt, ...key }) =>
    outboxRow(timerQueue, "fire_timer", { ...key, dueAt: dueAt.getTime() }),
  );
  if (rows.length > 0) await ctx.database.system.transaction((sql) => ctx.outbox.enqueueSql(sql, rows));
  const last = timers.at(-1);
  return { count: timers.length, loadedUntil: last && timers.length >= LIMIT ? last.dueAt : until };
}
