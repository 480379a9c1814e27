import {
  assignmentQueue,
  assignmentSubscription,
  createAssign,
  createAssignmentHandlers,
  reconcileWaiting,
} from "@parley/core/assignment";
import { bulkQueue, createBulkHandlers, forgetOldBulkJobs, reconcileBulkJobs } from "@parley/core/bulk";
import { openSystemContext, readSystemConfig } from "@parley/core/context";
import { timerQueue } from "@parley/core/timers";
import { startWorker } from "@parley/queue";
import { processEnv, readDurationMs, readLogLevel, runEvery, runProcess } from "@parley/runtime";

/** Jobs under way at once. Of one tenant there are two at most: the others end at once. */
const CONCURRENCY = 50;
/** Chunks of bulk jobs under way at once, of one tenant one. Few, because whoever works on a ticket comes first. */
const BULK_CONCURRENCY = 2;
/** Default of STRANDED_AFTER_MS: how soon a bulk job is woken that does not go on. */
const STRANDED_AFTER_MS = 60_000;
const FORGET_INTERVAL_MS = 3_600_000;
/** Default of RECONCILE_INTERVAL_MS: how soon what was lost with Redis, or has no event, is found. */
const RECONCILE_INTERVAL_MS = 5_000;

await runProcess({ name: "worker-automation", logLevel: readLogLevel(processEnv) }, async ({ logger, shutdown }) => {
  const config = readSystemConfig(processEnv);
  const ctx = openSystemContext({
    config,
    queues: [bulkQueue, timerQueue],
    subscriptions: [assignmentSubscription],
    logger,
    shutdown,
  });
  const assign = createAssign(ctx);

  const reconcileMs = readDurationMs(processEnv, "RECONCILE_INTERVAL_MS", RECONCILE_INTERVAL_MS);
  const strandedMs = readDurationMs(processEnv, "STRANDED_AFTER_MS", STRANDED_AFTER_MS);
  // One each: a task that keeps failing must not hold up the others.
  const tasks = [
    runEvery(reconcileMs, logger, "reconcile waiting tickets", () => reconcileWaiting(ctx, assign)),
    runEvery(reconcileMs, logger, "reconcile bulk jobs", () => reconcileBulkJobs(ctx, strandedMs)),
    runEvery(FORGET_INTERVAL_MS, logger, "forget old bulk jobs", () => forgetOldBulkJobs(ctx)),
  ];
  shutdown.add("periodic tasks", () => Promise.all(tasks.map((task) => task.stop())));

  const worker = startWorker({
    redis: config.redis,
    queue: assignmentQueue,
    handlers: createAssignmentHandlers(assign),
    concurrency: CONCURRENCY,
    logger,
  });
  shutdown.add("worker", () => worker.close());
  const bulkWorker = startWorker({
    redis: config.redis,
    queue: bulkQueue,
    handlers: createBulkHandlers(ctx),
    concurrency: BULK_CONCURRENCY,
    logger,
  });
  shutdown.add("bulk worker", () => bulkWorker.close());
  logger.info("worker-automation is up");
});
