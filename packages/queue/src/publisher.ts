import type { Logger } from "@parley/runtime";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { connectFailFast, queuePrefix, type RedisConfig } from "./connections.ts";
import type { JobDefinition, QueueDefinition } from "./define-queue.ts";
import type { OutboxRow } from "./outbox-row.ts";

/** Puts jobs on their queues. Fails at once while Redis is away. */
export interface Publisher {
  publish(rows: readonly OutboxRow[]): Promise<void>;
  /** The BullMQ queues, for the dashboard and for health checks. */
  queues(): readonly Queue[];
  redis: Redis;
  close(): Promise<void>;
}

/** `addBulk` is a pipeline and not atomic; chunks keep one call short. */
const CHUNK = 500;
const KEEP_FAILED = { age: 7 * 24 * 3_600, count: 5_000 };

/** `definitions` are all queues that this process may publish to. */
export function createPublisher(options: {
  redis: RedisConfig;
  definitions: readonly QueueDefinition[];
  logger: Logger;
}): Publisher {
  const connection = connectFailFast(options.redis);
  connection.on("error", (error: Error) => options.logger.debug({ err: error }, "redis is away"));
  const queues = new Map(
    options.definitions.map((definition) => {
      const queue = new Queue(definition.name, { connection, prefix: queuePrefix(options.redis, definition.name) });
      queue.on("error", (error) => options.logger.debug({ err: error, queue: definition.name }, "queue error"));
      return [definition.name, { queue, jobs: definition.jobs }] as const;
    }),
  );

  return {
    async publish(rows) {
      // BullMQ would wait for the connection, and with it everything that the relay holds.
      if (connection.status !== "ready") throw new Error("Redis is away; the outbox keeps what was to be published");
      for (const [name, ofQueue] of Map.groupBy(rows, (row) => row.queue)) {
        const target = queues.get(name);
        if (!target) throw new Error(`queue "${name}" is not defined in this process`);
        for (let start = 0; start < ofQueue.length; start += CHUNK) {
          const chunk = ofQueue.slice(start, start + CHUNK);
          await target.queue.addBulk(chunk.map((row) => bulkJob(row, target.jobs[row.job])));
        }
      }
    },
    queues: () => [...queues.values()].map((entry) => entry.queue),
    redis: connection,
    async close() {
      const closed = [...queues.values()].map((entry) => entry.queue.close());
      // A queue that never had a connection closes only once it is told that none will come.
      connection.disconnect();
      await Promise.allSettled(closed);
    },
  };
}

function bulkJob(
  row: OutboxRow,
  definition: JobDefinition<unknown> | undefined,
): Parameters<Queue["addBulk"]>[0][number] {
  return {
    name: row.job,
    data: row.payload,
    opts: {
      jobId: row.jobId,
      attempts: definition?.attempts ?? 1,
      backoff: { type: "custom" },
      removeOnComplete: true,
      removeOnFail: KEEP_FAILED,
    },
  };
}
