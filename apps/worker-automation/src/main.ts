import { setFlagsFromString } from "node:v8";
import {
  forgetDecidedDrafts,
  forgetHandledEvents,
  forgetOldCalls,
  forgetOldExecutions,
  forgetOldValues,
} from "@parley/core/ai-retention";
import {
  assignmentQueue,
  assignmentSubscription,
  createAssign,
  createAssignmentHandlers,
  reconcileWaiting,
} from "@parley/core/assignment";
import { bulkQueue, createBulkHandlers, forgetOldBulkJobs, reconcileBulkJobs } from "@parley/core/bulk";
import {
  contactImportQueue,
  createContactImportHandlers,
  forgetContactImports,
  reconcileContactImports,
} from "@parley/core/contact-imports";
import { openSystemContext, readSystemConfig } from "@parley/core/context";
import { createModelAccess, readModelConfig, settleStrandedCalls } from "@parley/core/language-models";
import { mailQueue } from "@parley/core/mail";
import { outboundQueue } from "@parley/core/outbound-queue";
import {
  createPersonalDataHandlers,
  forgetDataExports,
  personalDataQueue,
  reconcilePersonalData,
} from "@parley/core/personal-data";
import { createPresenceBoard } from "@parley/core/presence";
import { createRuleBook } from "@parley/core/rule-books";
import { createRulesHandlers, reconcileRules } from "@parley/core/rules-worker";
import { rulesQueue, rulesSubscription } from "@parley/core/rules-queue";
import { slaSubscription } from "@parley/core/sla-clocks";
import { timerQueue } from "@parley/core/timers";
import { startWorker } from "@parley/queue";
import { processEnv, readDurationMs, readLogLevel, runEvery, runProcess } from "@parley/runtime";

/** Jobs under way at once. Of one tenant there are two at most: the others end at once. */
const CONCURRENCY = 50;
/** Events that are brought to the rules at once. They share batches, so many make a large one. */
const RULES_CONCURRENCY = 300;
/** Rules that act at once, and what else needs a transaction. */
const SYSTEM_CONNECTIONS = 16;
/** Chunks of bulk jobs under way at once, of one tenant one. Few, because whoever works on a ticket comes first. */
const BULK_CONCURRENCY = 2;
/** Parts of files of contacts under way at once, of one tenant one. */
const IMPORT_CONCURRENCY = 2;
/** Archives and erasures under way at once. */
const PERSONAL_DATA_CONCURRENCY = 2;
/** Default of STRANDED_AFTER_MS: how soon a bulk job is woken that does not go on. */
const STRANDED_AFTER_MS = 60_000;
const FORGET_INTERVAL_MS = 3_600_000;
/** Default of RECONCILE_INTERVAL_MS: how soon what was lost with Redis, or has no event, is found. */
const RECONCILE_INTERVAL_MS = 5_000;

// Rows of a file live for as long as their batch. V8 learns from that to put such objects among those that stay, where memory is
// freed seldom: a large import would take twice as much of it.
setFlagsFromString("--no-allocation-site-pretenuring");

await runProcess({ name: "worker-automation", logLevel: readLogLevel(processEnv) }, async ({ logger, shutdown }) => {
  const config = readSystemConfig(processEnv);
  const ctx = openSystemContext({
    config,
    queues: [bulkQueue, contactImportQueue, personalDataQueue, timerQueue, outboundQueue, mailQueue],
    subscriptions: [assignmentSubscription, rulesSubscription, slaSubscription],
    pools: { system: SYSTEM_CONNECTIONS },
    logger,
    shutdown,
  });
  const assign = createAssign(ctx);
  const models = createModelAccess({ ...readModelConfig(processEnv), clock: ctx.clock, logger });
  shutdown.add("models", () => models.close());
  const presence = createPresenceBoard({ redis: ctx.publisher.redis, config: config.redis, logger });
  const book = createRuleBook(ctx);
  shutdown.add("rule book", () => book.close());

  const reconcileMs = readDurationMs(processEnv, "RECONCILE_INTERVAL_MS", RECONCILE_INTERVAL_MS);
  const strandedMs = readDurationMs(processEnv, "STRANDED_AFTER_MS", STRANDED_AFTER_MS);
  // One each: a task that keeps failing must not hold up the others.
  const tasks = [
    runEvery(reconcileMs, logger, "reconcile waiting tickets", () => reconcileWaiting(ctx, assign)),
    runEvery(reconcileMs, logger, "reconcile bulk jobs", () => reconcileBulkJobs(ctx, strandedMs)),
    runEvery(reconcileMs, logger, "reconcile imports of contacts", () => reconcileContactImports(ctx, strandedMs)),
    runEvery(FORGET_INTERVAL_MS, logger, "forget imports of contacts", () => forgetContactImports(ctx)),
    runEvery(reconcileMs, logger, "reconcile personal data", () => reconcilePersonalData(ctx, strandedMs)),
    runEvery(FORGET_INTERVAL_MS, logger, "forget data exports", () => forgetDataExports(ctx)),
    runEvery(FORGET_INTERVAL_MS, logger, "forget old bulk jobs", () => forgetOldBulkJobs(ctx)),
    runEvery(reconcileMs, logger, "reconcile rules", () => reconcileRules(ctx, strandedMs)),
    runEvery(reconcileMs, logger, "settle stranded model calls", () => settleStrandedCalls(ctx)),
    runEvery(FORGET_INTERVAL_MS, logger, "forget old executions", () => forgetOldExecutions(ctx)),
    runEvery(FORGET_INTERVAL_MS, logger, "forget decided drafts", () => forgetDecidedDrafts(ctx)),
    runEvery(FORGET_INTERVAL_MS, logger, "forget old model calls", () => forgetOldCalls(ctx)),
    runEvery(FORGET_INTERVAL_MS, logger, "forget handled events", () => forgetHandledEvents(ctx)),
    runEvery(FORGET_INTERVAL_MS, logger, "forget old values of tickets", () => forgetOldValues(ctx)),
  ];
  shutdown.add("periodic tasks", () => Promise.all(tasks.map((task) => task.stop())));

  const worker = startWorker({
    redis: config.redis,
    queue: assignmentQueue,
    handlers: createAssignmentHandlers(ctx, assign),
    concurrency: CONCURRENCY,
    logger,
  });
  shutdown.add("worker", () => worker.close());
  const rulesWorker = startWorker({
    redis: config.redis,
    queue: rulesQueue,
    handlers: createRulesHandlers({ ...ctx, models, presence }, book),
    concurrency: RULES_CONCURRENCY,
    logger,
  });
  shutdown.add("rules worker", () => rulesWorker.close());
  const bulkWorker = startWorker({
    redis: config.redis,
    queue: bulkQueue,
    handlers: createBulkHandlers(ctx),
    concurrency: BULK_CONCURRENCY,
    logger,
  });
  shutdown.add("bulk worker", () => bulkWorker.close());
  const importWorker = startWorker({
    redis: config.redis,
    queue: contactImportQueue,
    handlers: createContactImportHandlers(ctx),
    concurrency: IMPORT_CONCURRENCY,
    logger,
  });
  shutdown.add("import worker", () => importWorker.close());
  const personalDataWorker = startWorker({
    redis: config.redis,
    queue: personalDataQueue,
    handlers: createPersonalDataHandlers(ctx),
    concurrency: PERSONAL_DATA_CONCURRENCY,
    logger,
  });
  shutdown.add("personal data worker", () => personalDataWorker.close());
  logger.info("worker-automation is up");
});
