import { isRetryable, type Logger } from "@parley/runtime";
import { DelayedError, UnrecoverableError, Worker, type Job } from "bullmq";
import { connectPatient, queuePrefix, type RedisConfig } from "./connections.ts";
import type { JobCatalog, PayloadOf, QueueDefinition } from "./define-queue.ts";

/** Done, or: run this job again at a time that is known now. Being put off does not count as a failed try. */
export type JobOutcome = void | { runAgainAt: Date };

export type JobHandler<Payload> = (payload: Payload) => Promise<JobOutcome>;

/** One handler for each job of the queue: a missing one does not compile. */
export type JobHandlers<Jobs extends JobCatalog> = { [Name in keyof Jobs]: JobHandler<PayloadOf<Jobs[Name]>> };

export interface RunningWorker {
  /** How many times a handler was started since the start. */
  runs(): number;
  /** Takes no new jobs and waits for those under way. */
  close(): Promise<void>;
}

// BullMQ's defaults take a minute to notice a killed worker, and give a job up after its second crash.
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5_000;
const MAX_STALLED = 1_000;

/** Works on one queue until closed. Waits for Redis as long as it takes. */
export function startWorker<Jobs extends JobCatalog>(options: {
  redis: RedisConfig;
  queue: QueueDefinition<Jobs>;
  handlers: JobHandlers<Jobs>;
  concurrency: number;
  logger: Logger;
}): RunningWorker {
  const { queue, handlers, logger } = options;
  let runs = 0;

  async function handle(job: Job, token: string | undefined): Promise<void> {
    runs += 1;
    const definition = queue.jobs[job.name];
    // The catalog pairs each handler with its payload; by the name alone the compiler cannot follow that.
    const handler = handlers[job.name] as JobHandler<unknown> | undefined;
    if (!definition || !handler) {
      logger.warn({ queue: queue.name, job: job.name, jobId: job.id }, "unknown job dropped");
      return;
    }
    const payload = definition.payload.safeParse(job.data);
    if (!payload.success) throw new UnrecoverableError(`bad payload: ${payload.error.message}`);
    const outcome = await runHandler(handler, payload.data);
    if (outcome) {
      await job.moveToDelayed(outcome.runAgainAt.getTime(), token);
      throw new DelayedError();
    }
  }

  const connection = connectPatient(options.redis);
  connection.on("error", (error: Error) => logger.debug({ err: error }, "redis is away"));
  const worker = new Worker(queue.name, handle, {
    connection,
    prefix: queuePrefix(options.redis, queue.name),
    concurrency: options.concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: MAX_STALLED,
    settings: {
      backoffStrategy: (attemptsMade, _type, _error, job) =>
        backoffMs(queue.jobs[job?.name ?? ""]?.backoff, attemptsMade),
    },
  });
  worker.on("error", (error) => logger.warn({ err: error, queue: queue.name }, "worker error"));
  worker.on("failed", (job, error) => {
    logger.warn(
      { err: error, queue: queue.name, job: job?.name, jobId: job?.id, tries: job?.attemptsMade },
      "job failed",
    );
  });

  return {
    runs: () => runs,
    async close() {
      await worker.close();
      connection.disconnect();
    },
  };
}

async function runHandler(handler: JobHandler<unknown>, payload: unknown): Promise<JobOutcome> {
  try {
    return await handler(payload);
  } catch (error) {
    if (isRetryable(error)) throw error;
    throw new UnrecoverableError(error instanceof Error ? error.message : String(error));
  }
}

/** Exponential with jitter: somewhere between half and all of the doubled delay. */
export function backoffMs(
  backoff: { baseMs: number; maxMs: number } | undefined,
  attemptsMade: number,
  random: () => number = Math.random,
): number {
  const { baseMs, maxMs } = backoff ?? { baseMs: 1_000, maxMs: 60_000 };
  const full = Math.min(baseMs * 2 ** Math.max(attemptsMade - 1, 0), maxMs);
  return Math.round(full / 2 + (full / 2) * random());
}
