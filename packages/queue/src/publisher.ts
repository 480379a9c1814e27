import type { Database } from "@parley/db";
import type { Logger } from "@parley/runtime";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { connectFailFast, queuePrefix, type RedisConfig } from "./connections.ts";
import type { JobDefinition, QueueDefinition } from "./define-queue.ts";
import type { OutboxRow } from "./outbox-row.ts";

/** Puts jobs on their queues. Fails at once while Redis is away. */
export interface Publisher {
  /** A job that the catalog does not name is tried once; a queue that is not defined here is refused. */
  publish(rows: readonly OutboxRow[]): Promise<void>;
  /** The BullMQ queues, for the dashboard and for health checks. */
  queues(): readonly Queue[];
  redis: Redis;
  close(): Promise<void>;
}

/** `addBulk` is a pipeline and not atomic; chunks keep one call short. */
const CHUNK = 500;
const KEEP_FAILED = { age: 7 * 24 * 3_600, count: 5_000 };

/** How a job is published that newer code wrote while this process still runs: its worker knows the job. */
const UNKNOWN_JOB = { attempts: 1 };

type HowPublished = Pick<JobDefinition<unknown>, "attempts" | "merge">;
type PublishJobs = (rows: readonly OutboxRow[]) => Promise<void>;

/** `definitions` are all queues that this process may publish to. */
export function createPublisher(options: {
  redis: RedisConfig;
  database: Database;
  definitions: readonly QueueDefinition[];
  logger: Logger;
}): Publisher {
  const { redis: config, database, logger } = options;
  const redis = connectFailFast(config);
  redis.on("error", (error: Error) => logger.debug({ err: error }, "redis is away"));
  const queues: Queue[] = [];
  const publishers = new Map<string, PublishJobs>();
  for (const { name, jobs } of options.definitions) {
    const queue = new Queue(name, { connection: redis, prefix: queuePrefix(config, name) });
    queue.on("error", (error) => logger.debug({ err: error, queue: name }, "queue error"));
    queues.push(queue);
    for (const [job, definition] of Object.entries(jobs)) {
      publishers.set(
        `${name}/${job}`,
        publishJobs(queue, definition, definition.delays?.({ redis, config, database })),
      );
    }
  }

  function publisherOf(queueName: string, job: string): PublishJobs {
    const key = `${queueName}/${job}`;
    const known = publishers.get(key);
    if (known) return known;
    const queue = queues.find(({ name }) => name === queueName);
    if (!queue) throw new Error(`the queue "${queueName}" is not defined in this process`);
    logger.warn({ queue: queueName, job }, "job of newer code is published to be tried once");
    const unknown = publishJobs(queue, UNKNOWN_JOB, undefined);
    // Kept, so that one warning is enough.
    publishers.set(key, unknown);
    return unknown;
  }

  return {
    async publish(rows) {
      // BullMQ would wait for the connection, and with it everything that the relay holds.
      if (redis.status !== "ready") throw new Error("Redis is away; the outbox keeps what was to be published");
      for (const [queueName, ofQueue] of Map.groupBy(rows, (row) => row.queue)) {
        for (const [job, ofJob] of Map.groupBy(ofQueue, (row) => row.job)) await publisherOf(queueName, job)(ofJob);
      }
    },
    queues: () => queues,
    redis,
    async close() {
      const closed = queues.map((queue) => queue.close());
      // A queue that never had a connection closes only once it is told that none will come.
      redis.disconnect();
      await Promise.allSettled(closed);
    },
  };
}

function publishJobs(
  queue: Queue,
  definition: HowPublished,
  delaysOf: ((payloads: readonly unknown[]) => Promise<number[]>) | undefined,
): PublishJobs {
  return async (rows) => {
    const merged = mergeRows(rows, definition);
    for (let start = 0; start < merged.length; start += CHUNK) {
      const chunk = merged.slice(start, start + CHUNK);
      const delays = await delaysOf?.(chunk.map((row) => row.payload));
      await queue.addBulk(chunk.map((row, index) => bulkJob(row, definition, delays?.[index])));
    }
  };
}

function mergeRows(rows: readonly OutboxRow[], definition: HowPublished): readonly OutboxRow[] {
  if (!definition.merge) return rows;
  const distinct = [...new Map(rows.map((row) => [row.jobId, row])).values()];
  const [first, ...others] = distinct;
  const last = others.at(-1);
  if (!first || !last) return distinct;
  return definition.merge(distinct.map((row) => row.payload)).map((payload, index) => ({
    ...first,
    jobId: `${first.jobId}-to-${last.jobId}-part-${index}`,
    payload,
  }));
}

function bulkJob(row: OutboxRow, definition: HowPublished, delayMs = 0): Parameters<Queue["addBulk"]>[0][number] {
  return {
    name: row.job,
    data: row.payload,
    opts: {
      jobId: row.jobId,
      delay: Math.round(delayMs),
      attempts: definition.attempts,
      backoff: { type: "custom" },
      removeOnComplete: true,
      removeOnFail: KEEP_FAILED,
    },
  };
}
