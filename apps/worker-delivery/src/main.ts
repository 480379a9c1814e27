import { adoptTimeZones, createReportFollower } from "@parley/core/analytics";
import { forgetOldResets } from "@parley/core/auth";
import { openSystemContext, readSystemConfig } from "@parley/core/context";
import { forgetOldInvitations } from "@parley/core/invitations";
import { mailQueue } from "@parley/core/mail";
import { createMailHandlers, reconcileMails } from "@parley/core/mail-jobs";
import { createRebuildHandlers, rebuildQueue, reconcileRebuilds } from "@parley/core/rebuilds";
import { indexPending } from "@parley/core/search";
import { createMailer, readAppUrl, readMailConfig } from "@parley/mail";
import { startWorker } from "@parley/queue";
import { processEnv, readDurationMs, readLogLevel, runEvery, runProcess } from "@parley/runtime";

/** Mails under way at once; as many as there are connections to the mail server. */
const CONCURRENCY = 5;
/** Defaults of RECONCILE_INTERVAL_MS and STRANDED_AFTER_MS: how soon what was lost with Redis is found again. */
const RECONCILE_INTERVAL_MS = 5_000;
const STRANDED_AFTER_MS = 60_000;
const FORGET_INTERVAL_MS = 3_600_000;
/** What was said is found so soon. */
const INDEX_INTERVAL_MS = 500;
/** How often the log is looked at for reports when it was followed to its end. */
const REPORT_INTERVAL_MS = 500;

await runProcess({ name: "worker-delivery", logLevel: readLogLevel(processEnv) }, async ({ logger, shutdown }) => {
  const config = readSystemConfig(processEnv);
  const mailConfig = readMailConfig(processEnv);
  const appUrl = readAppUrl(processEnv);
  const system = openSystemContext({ config, queues: [mailQueue, rebuildQueue], logger, shutdown });

  const mailer = createMailer(mailConfig, logger);
  shutdown.add("connections to the mail server", () => mailer.close());
  const ctx = { ...system, mailer, appUrl };

  const reconcileMs = readDurationMs(processEnv, "RECONCILE_INTERVAL_MS", RECONCILE_INTERVAL_MS);
  const strandedMs = readDurationMs(processEnv, "STRANDED_AFTER_MS", STRANDED_AFTER_MS);
  const reports = createReportFollower(ctx);
  const stopping = new AbortController();
  // One each: a task that keeps failing must not hold up the others.
  const tasks = [
    runEvery(reconcileMs, logger, "reconcile mails", () => reconcileMails(ctx, strandedMs)),
    runEvery(INDEX_INTERVAL_MS, logger, "index what has changed", () => indexPending(ctx)),
    runEvery(REPORT_INTERVAL_MS, logger, "follow the log for reports", async () => {
      while (!stopping.signal.aborted && (await reports.follow()));
    }),
    runEvery(reconcileMs, logger, "adopt time zones in reports", () => adoptTimeZones(ctx)),
    runEvery(reconcileMs, logger, "reconcile rebuilds", () => reconcileRebuilds(ctx, strandedMs)),
    runEvery(FORGET_INTERVAL_MS, logger, "forget old invitations", () => forgetOldInvitations(ctx)),
    runEvery(FORGET_INTERVAL_MS, logger, "forget old password resets", () => forgetOldResets(ctx)),
  ];
  shutdown.add("periodic tasks", () => {
    stopping.abort();
    return Promise.all(tasks.map((task) => task.stop()));
  });

  const worker = startWorker({
    redis: config.redis,
    queue: mailQueue,
    handlers: createMailHandlers(ctx),
    concurrency: CONCURRENCY,
    logger,
  });
  shutdown.add("worker", () => worker.close());
  const rebuildWorker = startWorker({
    redis: config.redis,
    queue: rebuildQueue,
    handlers: createRebuildHandlers(ctx),
    concurrency: 1,
    logger,
  });
  shutdown.add("rebuild worker", () => rebuildWorker.close());
  logger.info("worker-delivery is up");
});
