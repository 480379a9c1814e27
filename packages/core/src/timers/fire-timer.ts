import type { Tx } from "@parley/db";
import type { JobHandlers } from "@parley/queue";
import type { Cause, SystemContext } from "../context/index.ts";
import type { TimerKey, TimerKind } from "./kinds.ts";
import { setTimer } from "./set-timer.ts";
import type { timerQueue } from "./timer-queue.ts";

/**
 * What a timer does when it fires, in a transaction of the system role. Whatever it locks, it locks before the timer.
 * The context has the cause of whoever set it. Returns when the timer is to fire again, if it is.
 */
export type TimerHandler = (
  ctx: SystemContext,
  tx: Tx,
  subject: { tenantId: string; subjectId: string; dueAt: Date },
) => Promise<Date | void>;

class TimerIsGone extends Error {}

/**
 * Fires each timer once: its row is deleted in the transaction of its effect, and whoever finds it deleted or moved
 * takes the effect back.
 */
export function createTimerHandlers(
  ctx: SystemContext,
  handlers: Readonly<Record<TimerKind, TimerHandler>>,
): JobHandlers<(typeof timerQueue)["jobs"]> {
  return {
    async fire_timer({ tenantId, kind, subjectId }) {
      const key: TimerKey = { tenantId, kind, subjectId };
      const timer = await ctx.database.withSystem((tx) =>
        tx.timer.findUnique({ where: { tenantId_kind_subjectId: key } }),
      );
      if (!timer) return;
      const { dueAt } = timer;
      if (dueAt > ctx.clock.now()) return { runAgainAt: dueAt };
      const firing = continuing(ctx, timer.cause);
      try {
        await ctx.database.withSystem(async (tx) => {
          const again = await handlers[kind](firing, tx, { tenantId, subjectId, dueAt });
          const { count } = await tx.timer.deleteMany({ where: { ...key, dueAt } });
          if (count === 0) throw new TimerIsGone();
          if (again) await setTimer(firing, tx, key, again);
        });
      } catch (error) {
        if (!(error instanceof TimerIsGone)) throw error;
      }
    },
  };
}

/** What rules have put off is their doing still. The column holds what `toCauseColumn` has written. */
function continuing(ctx: SystemContext, cause: unknown): SystemContext {
  return cause === null ? ctx : { ...ctx, cause: cause as Cause };
}
