import { assignmentSubscription } from "@parley/core/assignment";
import { forgetContactMerge } from "@parley/core/contact-merges";
import { openSystemContext, readSystemConfig } from "@parley/core/context";
import { mailQueue } from "@parley/core/mail";
import { sendScheduled } from "@parley/core/messages";
import { outboundQueue } from "@parley/core/outbound-queue";
import { noAnswer } from "@parley/core/rules-worker";
import { runSchedule } from "@parley/core/rule-schedules";
import { rulesSubscription } from "@parley/core/rules-queue";
import { createAutoClose } from "@parley/core/sla";
import { createRuleBooks, slaSubscription, slaTimerQueue } from "@parley/core/sla-clocks";
import { askSurvey, expireSurvey, thankSurvey } from "@parley/core/surveys";
import { wakeSnoozedTicket } from "@parley/core/tickets";
import { createTimerHandlers, createTimerLoader, timerQueue } from "@parley/core/timers";
import { takeTurn } from "@parley/core/turns";
import { startWorker } from "@parley/queue";
import { processEnv, readDurationMs, readLogLevel, runEvery, runProcess } from "@parley/runtime";
import { startSla } from "./start-sla.ts";

/** Timers that fire at once; each is a transaction of its own. */
const CONCURRENCY = 10;
/** Default of RECONCILE_INTERVAL_MS: how often the database is asked for what comes due, and for what lost its job. */
const RECONCILE_INTERVAL_MS = 5_000;

await runProcess({ name: "worker-sla", logLevel: readLogLevel(processEnv) }, async ({ logger, shutdown }) => {
  const config = readSystemConfig(processEnv);
  const queues = [timerQueue, outboundQueue, slaTimerQueue, mailQueue];
  const pools = { system: CONCURRENCY };
  const subscriptions = [assignmentSubscription, rulesSubscription, slaSubscription];
  const opened = openSystemContext({ config, queues, subscriptions, pools, logger, shutdown });
  const ctx = { ...opened, books: createRuleBooks() };

  const reconcileMs = readDurationMs(processEnv, "RECONCILE_INTERVAL_MS", RECONCILE_INTERVAL_MS);
  const loading = runEvery(reconcileMs, logger, "load timers", createTimerLoader(ctx));
  shutdown.add("periodic tasks", () => loading.stop());

  const worker = startWorker({
    redis: config.redis,
    queue: timerQueue,
    handlers: createTimerHandlers(ctx, {
      wake_ticket: wakeSnoozedTicket,
      send_scheduled: sendScheduled,
      ask_survey: askSurvey,
      expire_survey: expireSurvey,
      thank_survey: thankSurvey,
      take_turn: takeTurn,
      no_answer: noAnswer,
      run_schedule: runSchedule,
      auto_close: createAutoClose(ctx.books),
      forget_contact_merge: forgetContactMerge,
    }),
    concurrency: CONCURRENCY,
    logger,
  });
  shutdown.add("worker", () => worker.close());
  startSla(ctx, { redis: config.redis, reconcileMs, logger, shutdown });
  logger.info("worker-sla is up");
});
