/**
 * Baseline (a) as a process: a BullMQ worker with one job for each raw event, at concurrency 20.
 */
import { readDatabaseConfig } from "@parley/db";
import { openPrisma } from "@parley/db/open-prisma";
import { processEnv, readRedisUrl } from "@parley/runtime";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { serveParent } from "../../setting/serve-parent.ts";
import { applyNaively } from "./apply-naively.ts";

const QUEUE = "naive-ingest";
const CONCURRENCY = 20;
const CHUNK = 1_000;

await serveParent("naive-worker", async ({ logger, shutdown }) => {
  const prisma = openPrisma(readDatabaseConfig(processEnv).systemUrl, CONCURRENCY, (error) =>
    logger.warn({ err: error }),
  );
  shutdown.add("database", () => prisma.$disconnect());
  const connection = new Redis(readRedisUrl(processEnv), { maxRetriesPerRequest: null });
  shutdown.add("redis", () => connection.disconnect());
  const options = { connection, prefix: `{${processEnv["REDIS_PREFIX"]}-${QUEUE}}` };
  const queue = new Queue<{ rawEventId: string }>(QUEUE, options);
  shutdown.add("queue", () => queue.close());
  const worker = new Worker<{ rawEventId: string }>(QUEUE, (job) => applyNaively(prisma, job.data.rawEventId), {
    ...options,
    concurrency: CONCURRENCY,
  });
  worker.on("failed", (job, error) => logger.warn({ err: error, jobId: job?.id }, "job failed"));
  shutdown.add("worker", () => worker.close());

  return {
    /** Enqueues the events while the worker rests, and lets it begin. */
    async apply(rawEventIds: string[]): Promise<void> {
      await worker.pause();
      for (let start = 0; start < rawEventIds.length; start += CHUNK) {
        await queue.addBulk(
          rawEventIds.slice(start, start + CHUNK).map((rawEventId) => ({
            name: "apply",
            data: { rawEventId },
            opts: { attempts: 10, backoff: { type: "fixed", delay: 100 }, removeOnComplete: true },
          })),
        );
      }
      await worker.resume();
    },
  };
});
