import type { OpenSystemContext } from "@parley/core/context";
import {
  createSlaHandlers,
  createSlaTimerHandlers,
  createSliceLoader,
  fireDue,
  reconcileLog,
  reconcileRevisions,
  reconcileSteps,
  type SlaContext,
} from "@parley/core/sla";
import { slaQueue, slaTimerQueue } from "@parley/core/sla-clocks";
import { startWorker, type RedisConfig } from "@parley/queue";
import { runEvery, type Logger, type ShutdownStack } from "@parley/runtime";

/** Events that are brought to their tickets' clocks at once. They share transactions, so many make a large one. */
const FOLLOWING = 100;
/** Slices, revisions and escalations under way at once; each is a transaction. */
const FIRING = 4;
/** How late a timer fires whose slice was lost with Redis, or whose worker died. */
const OVERDUE_INTERVAL_MS = 1_000;

/** Follows the log for tickets' clocks, fires what comes due, and finds what was lost, until shutdown. */
export function startSla(
  ctx: OpenSystemContext & SlaContext,
  {
    redis,
    reconcileMs,
    logger,
    shutdown,
  }: {
    redis: RedisConfig;
    reconcileMs: number;
    logger: Logger;
    shutdown: ShutdownStack;
  },
): void {
  // One each: a task that keeps failing must not hold up the others.
  const tasks = [
    runEvery(reconcileMs, logger, "load slices", createSliceLoader(ctx)),
    runEvery(OVERDUE_INTERVAL_MS, logger, "fire what is overdue", async () => (await fireDue(ctx)).count),
    runEvery(reconcileMs, logger, "reconcile the log", () => reconcileLog(ctx)),
    runEvery(reconcileMs, logger, "reconcile revisions", () => reconcileRevisions(ctx)),
    runEvery(reconcileMs, logger, "reconcile escalations", () => reconcileSteps(ctx)),
  ];
  shutdown.add("periodic tasks of sla", () => Promise.all(tasks.map((task) => task.stop())));

  const following = startWorker({
    redis,
    queue: slaQueue,
    handlers: createSlaHandlers(ctx),
    concurrency: FOLLOWING,
    logger,
  });
  shutdown.add("sla worker", () => following.close());
  const firing = startWorker({
    redis,
    queue: slaTimerQueue,
    handlers: createSlaTimerHandlers(ctx),
    concurrency: FIRING,
    logger,
  });
  shutdown.add("sla timer worker", () => firing.close());
}
