import { keepBilling } from "@parley/core/billing-plans";
import { openSystemContext, readSystemConfig } from "@parley/core/context";
import { mailQueue } from "@parley/core/mail";
import { reconcileLimits } from "@parley/core/quotas";
import { createLogFollower, proveNightly } from "@parley/core/usage";
import { processEnv, readDurationMs, readLogLevel, runEvery, runProcess } from "@parley/runtime";

/** How often the log is looked at when it was followed to its end. */
const FOLLOW_INTERVAL_MS = 500;
/** Default of RECONCILE_INTERVAL_MS: how soon a tenant has its next period, and is told of limits that nobody told it of. */
const RECONCILE_INTERVAL_MS = 5_000;
/** How often it is asked whether a day has passed since everything was compared. */
const PROVE_INTERVAL_MS = 10 * 60_000;

await runProcess({ name: "worker-billing", logLevel: readLogLevel(processEnv) }, async ({ logger, shutdown }) => {
  const config = readSystemConfig(processEnv);
  const ctx = openSystemContext({ config, queues: [mailQueue], logger, shutdown });
  const reconcileMs = readDurationMs(processEnv, "RECONCILE_INTERVAL_MS", RECONCILE_INTERVAL_MS);
  const follower = createLogFollower(ctx);

  // One each: a task that keeps failing must not hold up the others.
  const stopping = new AbortController();
  const tasks = [
    runEvery(FOLLOW_INTERVAL_MS, logger, "follow the log", async () => {
      while (!stopping.signal.aborted && (await follower.follow()));
    }),
    runEvery(reconcileMs, logger, "open periods", () => keepBilling(ctx)),
    runEvery(reconcileMs, logger, "reconcile limits", () => reconcileLimits(ctx)),
    runEvery(PROVE_INTERVAL_MS, logger, "prove roll-ups", () => proveNightly(ctx)),
  ];
  shutdown.add("periodic tasks", () => {
    stopping.abort();
    return Promise.all(tasks.map((task) => task.stop()));
  });
  logger.info("worker-billing is up");
});
