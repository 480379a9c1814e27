import { createWhatsAppDispatcher, sendWhatsAppMessage } from "@parley/channels";
import { openSystemContext, readSystemConfig } from "@parley/core/context";
import { mediaQueue } from "@parley/core/media";
import {
  CLAIM_VALID_MS,
  applyUnknownPolicy,
  createOutboundHandlers,
  expireLeases,
  reconcileQueued,
} from "@parley/core/outbound";
import { outboundQueue } from "@parley/core/outbound-queue";
import { createSendSlots, startWorker } from "@parley/queue";
import {
  ConfigError,
  processEnv,
  readDurationMs,
  readLogLevel,
  readWhatsAppConfig,
  runEvery,
  runProcess,
} from "@parley/runtime";
import { startMediaWorker } from "./start-media-worker.ts";

/** Jobs under way at once: each waits mostly for its slot or for the provider's answer. */
const CONCURRENCY = 600;
/** Default of SEND_TIMEOUT_MS: how long a call to the provider may take. */
const SEND_TIMEOUT_MS = 20_000;
/** Default of SEND_LEASE_MS: longer than any attempt can last. */
const LEASE_MS = 45_000;
/** Defaults of RECONCILE_INTERVAL_MS and STRANDED_AFTER_MS: how soon what was lost with Redis is found again. */
const RECONCILE_INTERVAL_MS = 5_000;
const STRANDED_AFTER_MS = 30_000;

await runProcess({ name: "worker-outbound", logLevel: readLogLevel(processEnv) }, async ({ logger, shutdown }) => {
  const config = readSystemConfig(processEnv);
  const whatsApp = readWhatsAppConfig(processEnv);
  const system = openSystemContext({ config, queues: [outboundQueue, mediaQueue], logger, shutdown });

  const timeoutMs = readDurationMs(processEnv, "SEND_TIMEOUT_MS", SEND_TIMEOUT_MS);
  const leaseMs = readDurationMs(processEnv, "SEND_LEASE_MS", LEASE_MS);
  const reconcileMs = readDurationMs(processEnv, "RECONCILE_INTERVAL_MS", RECONCILE_INTERVAL_MS);
  const strandedMs = readDurationMs(processEnv, "STRANDED_AFTER_MS", STRANDED_AFTER_MS);

  if (leaseMs < timeoutMs + CLAIM_VALID_MS) {
    throw new ConfigError(
      `SEND_LEASE_MS must be at least SEND_TIMEOUT_MS + ${CLAIM_VALID_MS}: a lease outlasts every attempt`,
    );
  }

  const dispatcher = createWhatsAppDispatcher();
  shutdown.add("connections to WhatsApp", () => dispatcher.close());
  const ctx = {
    ...system,
    slots: createSendSlots(system.publisher.redis, config.redis),
    channels: {
      WHATSAPP: (request: Parameters<typeof sendWhatsAppMessage>[0]) =>
        sendWhatsAppMessage(request, { ...whatsApp, timeoutMs, dispatcher }),
    },
  };

  // One each: a task that keeps failing must not hold up the others.
  const tasks = [
    runEvery(reconcileMs, logger, "expire leases", () => expireLeases(ctx, leaseMs)),
    runEvery(reconcileMs, logger, "apply unknown policy", () => applyUnknownPolicy(ctx)),
    runEvery(reconcileMs, logger, "reconcile messages", () => reconcileQueued(ctx, strandedMs)),
  ];
  shutdown.add("periodic tasks", () => Promise.all(tasks.map((task) => task.stop())));

  const worker = startWorker({
    redis: config.redis,
    queue: outboundQueue,
    handlers: createOutboundHandlers(ctx),
    concurrency: CONCURRENCY,
    logger,
  });
  shutdown.add("worker", () => worker.close());
  startMediaWorker(system, { redis: config.redis, whatsApp, reconcileMs, strandedMs, shutdown });
  logger.info("worker-outbound is up");
});
