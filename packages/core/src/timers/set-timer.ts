import type { Tx } from "@parley/db";
import { outboxRow } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import type { TimerKey } from "./kinds.ts";
import { timerQueue } from "./timer-queue.ts";

/** What is due within this is on the queue; the rest only in the database, so that Redis stays small. */
export const HORIZON_MS = 60_000;
/**
 * What comes due soon after the horizon is put on the queue by whoever sets it, too: until their transaction is over,
 * those who load the horizon may have passed it. Longer than any transaction takes.
 */
export const MARGIN_MS = 30_000;

/** Sets or moves the timer, with the transaction. */
export async function setTimer(ctx: SystemContext, tx: Tx, key: TimerKey, dueAt: Date): Promise<void> {
  await tx.timer.upsert({
    where: { tenantId_kind_subjectId: key },
    create: { ...key, dueAt, createdAt: ctx.clock.now() },
    update: { dueAt },
  });
  // Whoever loads the horizon has passed this already, or may have when the transaction ends.
  if (dueAt.getTime() > ctx.clock.now().getTime() + HORIZON_MS + MARGIN_MS) return;
  await ctx.outbox.enqueue(tx, [outboxRow(timerQueue, "fire_timer", { ...key, dueAt: dueAt.getTime() })]);
}

/** Takes the timer back, if there is one. Its job finds nothing then. */
export async function cancelTimer(tx: Tx, key: TimerKey): Promise<void> {
  await tx.timer.deleteMany({ where: key });
}
