import type { Database } from "@parley/db";
import type { Redis } from "ioredis";
import type { z } from "zod";
import type { RedisConfig } from "./connections.ts";

/** What a process that publishes jobs has at hand. */
export interface PublishContext {
  redis: Redis;
  config: RedisConfig;
  database: Database;
}

/**
 * One kind of job. Payloads carry ids, never content; a new field must be optional, because jobs that
 * yesterday's code wrote are still in flight.
 */
export interface JobDefinition<Payload> {
  payload: z.ZodType<Payload>;
  /** Deterministic, so that publishing twice is one job. Must hold no `:` and not be all digits (BullMQ). */
  jobId(payload: Payload): string;
  /** How often it is tried before it is left in the failed set. */
  attempts: number;
  /** The delay before try n is between half and all of `baseMs * 2^(n-1)`, at most `maxMs`. */
  backoff: { baseMs: number; maxMs: number };
  /**
   * For jobs whose time is known when they are published: one that would only put itself off needs no turn of a
   * worker, and however many there are, they do not stand in front of others. Returns milliseconds for each.
   */
  delays?(at: PublishContext): (payloads: readonly Payload[]) => Promise<number[]>;
  /** For jobs that cost as much for many things as for one: those that are published together become fewer. */
  merge?(payloads: readonly Payload[]): Payload[];
}

// `never` in the argument position accepts definitions of every payload.
// oxlint-disable-next-line typescript/no-explicit-any
export type JobCatalog = Readonly<Record<string, JobDefinition<any>>>;

/** A queue and all jobs that may be on it. The worker of a queue must handle each of them, or it does not compile. */
export interface QueueDefinition<Jobs extends JobCatalog = JobCatalog> {
  name: string;
  jobs: Jobs;
}

export type PayloadOf<Job> = Job extends JobDefinition<infer Payload> ? Payload : never;

/** Typed as given; writes nothing down anywhere: whoever needs the queue imports the constant. */
export function defineQueue<const Jobs extends JobCatalog>(name: string, jobs: Jobs): QueueDefinition<Jobs> {
  return { name, jobs };
}

export function defineJob<Payload>(definition: JobDefinition<Payload>): JobDefinition<Payload> {
  return definition;
}
