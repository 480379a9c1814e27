import type { Statement } from "@parley/db";
import { defineJob, defineQueue, type QueueDefinition } from "@parley/queue";
import { z } from "zod";
import type { EventType } from "./event-type.ts";

/** A worker app that follows the log has a queue with this one job on it. */
export function defineSubscriberQueue(name: string): QueueDefinition<typeof subscriberJobs> {
  return defineQueue(name, subscriberJobs);
}

const subscriberJobs = {
  handle_events: defineJob({
    payload: z.object({
      tenantId: z.uuid(),
      seqs: z.array(z.string().regex(/^\d+$/)).min(1),
      /** Of what is brought once more: when. A job that has failed keeps its id, and would keep others out. */
      again: z.int().optional(),
    }),
    jobId: ({ tenantId, seqs, again }) =>
      ["events", tenantId, seqs[0], seqs.length, ...(again === undefined ? [] : [again])].join("-"),
    attempts: 20,
    backoff: { baseMs: 500, maxMs: 60_000 },
  }),
};

export interface Subscription {
  queue: QueueDefinition<typeof subscriberJobs>;
  types: ReadonlySet<EventType>;
  /**
   * Which of the tenants in $1 (uuid[]) it wants to hear of, unless of all. Asked once by each transaction that publishes
   * such events, so a tenant that has no use for the subscriber costs no job.
   */
  tenants?: Statement<{ tenantId: string }>;
}
