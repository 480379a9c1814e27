import { assignmentSubscription } from "@parley/core/assignment";
import { openSystemContext, readSystemConfig } from "@parley/core/context";
import { createIngestHandlers, reconcileRawEvents } from "@parley/core/ingest";
import { mediaQueue } from "@parley/core/media";
import { createHeldUpdateSettler, forgetHeldUpdates } from "@parley/core/message-updates";
import { outboundQueue } from "@parley/core/outbound-queue";
import { timerQueue } from "@parley/core/timers";
import { rulesSubscription } from "@parley/core/rules-queue";
import { slaSubscription } from "@parley/core/sla-clocks";
import { ingestQueue } from "@parley/core/webhooks";
import { startWorker } from "@parley/queue";
import { processEnv, readDurationMs, readLogLevel, runEvery, runProcess } from "@parley/runtime";

/** Jobs under way at once. They share transactions, and at low rates each brings one event: so many make a batch. */
const CONCURRENCY = 300;
/** Defaults of RECONCILE_INTERVAL_MS and STRANDED_AFTER_MS: how soon what was lost with Redis is found again. */
const RECONCILE_INTERVAL_MS = 5_000;
const STRANDED_AFTER_MS = 15_000;
const FORGET_INTERVAL_MS = 3_600_000;

await runProcess({ name: "worker-ingest", logLevel: readLogLevel(processEnv) }, async ({ logger, shutdown }) => {
  const config = readSystemConfig(processEnv);
  const ctx = openSystemContext({
    config,
    queues: [ingestQueue, outboundQueue, mediaQueue, timerQueue],
    subscriptions: [assignmentSubscription, rulesSubscription, slaSubscription],
    logger,
    shutdown,
  });

  const reconcileMs = readDurationMs(processEnv, "RECONCILE_INTERVAL_MS", RECONCILE_INTERVAL_MS);
  const strandedMs = readDurationMs(processEnv, "STRANDED_AFTER_MS", STRANDED_AFTER_MS);
  // One each: a task that keeps failing must not hold up the others.
  const tasks = [
    runEvery(reconcileMs, logger, "reconcile raw events", () => reconcileRawEvents(ctx, strandedMs)),
    runEvery(reconcileMs, logger, "settle held updates", createHeldUpdateSettler(ctx)),
    runEvery(FORGET_INTERVAL_MS, logger, "forget held updates", () => forgetHeldUpdates(ctx)),
  ];
  shutdown.add("periodic tasks", () => Promise.all(tasks.map((task) => task.stop())));

  const worker = startWorker({
    redis: config.redis,
    queue: ingestQueue,
    handlers: createIngestHandlers(ctx),
    concurrency: CONCURRENCY,
    logger,
  });
  shutdown.add("worker", () => worker.close());
  logger.info("worker-ingest is up");
});
