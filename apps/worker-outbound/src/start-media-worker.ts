import { fetchWhatsAppMedia } from "@parley/channels";
import type { SystemContext } from "@parley/core/context";
import { MAX_MEDIA_BYTES, createMediaHandlers, expireMedia, mediaQueue, reconcileMedia } from "@parley/core/media";
import { startWorker, type RedisConfig } from "@parley/queue";
import { createGuardedFetch, runEvery, type ShutdownStack, type WhatsAppConfig } from "@parley/runtime";

/** Files under way at once, each with a megabyte in memory. Few, because sends come first. */
const CONCURRENCY = 4;
/** How long the channel may take to say where a file is, and a file besides what its size explains. */
const PATIENCE_MS = 20_000;
const MIN_BYTES_PER_SECOND = 256 * 1024;
/** No file takes longer, by the two above. */
const LONGEST_MS = PATIENCE_MS + (MAX_MEDIA_BYTES / MIN_BYTES_PER_SECOND) * 1_000;

/** Fetches the files that customers send, and looks for those whose job is gone. */
export function startMediaWorker(
  ctx: SystemContext,
  options: {
    redis: RedisConfig;
    whatsApp: WhatsAppConfig;
    reconcileMs: number;
    strandedMs: number;
    shutdown: ShutdownStack;
  },
): void {
  const { redis, whatsApp, reconcileMs, strandedMs, shutdown } = options;
  const { logger } = ctx;
  const fetch = createGuardedFetch({
    // The channel itself is the installation's word; a simulator is on a private address.
    allowPrivate: [placeOf(whatsApp.apiBaseUrl)],
    maxBytes: MAX_MEDIA_BYTES,
    timeoutMs: LONGEST_MS,
  });
  const limits = { patienceMs: PATIENCE_MS, minBytesPerSecond: MIN_BYTES_PER_SECOND };
  const media = {
    ...ctx,
    fetchers: {
      WHATSAPP: (request: Parameters<typeof fetchWhatsAppMedia>[0], write: Parameters<typeof fetchWhatsAppMedia>[1]) =>
        fetchWhatsAppMedia(request, write, { ...whatsApp, ...limits, fetch }),
    },
  };

  const tasks = [
    runEvery(reconcileMs, logger, "expire media", () => expireMedia(media)),
    runEvery(reconcileMs, logger, "reconcile media", () => reconcileMedia(media, strandedMs)),
  ];
  shutdown.add("periodic tasks of media", () => Promise.all(tasks.map((task) => task.stop())));

  const worker = startWorker({
    redis,
    queue: mediaQueue,
    handlers: createMediaHandlers(media),
    concurrency: CONCURRENCY,
    logger,
  });
  // A file may take minutes, for which nobody waits: what is under way is cut short, and tried again.
  shutdown.add("media worker", () => Promise.all([worker.close(), fetch.close()]));
}

/** `host:port`, as the guard takes it. */
function placeOf(baseUrl: string): string {
  const { hostname, port, protocol } = new URL(baseUrl);
  return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}
