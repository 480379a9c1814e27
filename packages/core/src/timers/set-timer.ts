import { sqlOf, statement, type AnyTx } from "@parley/db";
import { outboxRow } from "@parley/queue";
import { toCauseColumn, type SystemContext } from "../context/index.ts";
import type { TimerKey } from "./kinds.ts";
import { timerQueue } from "./timer-queue.ts";

/** What is due within this is on the queue; the rest only in the database, so that Redis stays small. */
export const HORIZON_MS = 60_000;
/**
 * What comes due soon after the horizon is put on the queue by whoever sets it, too: until their transaction is over,
 * those who load the horizon may have passed it. Longer than any transaction takes.
 */
export const MARGIN_MS = 30_000;

// timer_pkey
const SET_TIMER = statement(
  "timer_set",
  `insert into timer (tenant_id, kind, subject_id, due_at, created_at, cause) values ($1, $2, $3, $4, $5, $6)
       on conflict (tenant_id, kind, subject_id) do update set due_at = excluded.due_at, cause = excluded.cause`,
);
const CANCEL_TIMER = statement(
  "timer_cancel",
  "delete from timer where tenant_id = $1 and kind = $2 and subject_id = $3",
);

/** Sets or moves the timer, with the transaction. What led to that (`ctx.cause`) leads to what the timer will do. */
export async function setTimer(ctx: SystemContext, tx: AnyTx, key: TimerKey, dueAt: Date): Promise<void> {
  const now = ctx.clock.now();
  await sqlOf(tx).run(SET_TIMER, [...columnsOf(key), dueAt, now, toCauseColumn(ctx.cause)]);
  // Whoever loads the horizon has passed this already, or may have when the transaction ends.
  if (dueAt.getTime() > now.getTime() + HORIZON_MS + MARGIN_MS) return;
  await ctx.outbox.enqueue(tx, [outboxRow(timerQueue, "fire_timer", { ...key, dueAt: dueAt.getTime() })]);
}

/** Takes the timer back, if there is one. Its job finds nothing then. */
export async function cancelTimer(tx: AnyTx, key: TimerKey): Promise<void> {
  await sqlOf(tx).run(CANCEL_TIMER, columnsOf(key));
}

function columnsOf({ tenantId, kind, subjectId }: TimerKey): string[] {
  return [tenantId, kind, subjectId];
}
