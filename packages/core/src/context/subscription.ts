import type { Statement } from "@parley/db";
import { defineJob, defineQueue, type JobDefinition, type QueueDefinition } from "@parley/queue";
import { z } from "zod";
import type { EventType } from "./event-type.ts";

const eventsOfTenant = z.object({ tenantId: z.uuid(), seqs: z.array(z.string().regex(/^\d+$/)).min(1) });

/** Events of the log, all of one tenant. */
export type EventsOfTenant = z.infer<typeof eventsOfTenant>;

export interface EventsPayload {
  /** Each tenant once. */
  events: EventsOfTenant[];
  /** Of what is brought once more: when. A job that has failed keeps its id, and would keep others out. */
  again?: number | undefined;
}

const again = z.int().optional();
/** As jobs had it that told of one tenant each. */
const ofOneTenant = eventsOfTenant
  .extend({ again })
  .transform(({ again: time, ...events }): EventsPayload => ({ events: [events], again: time }));

const subscriberJobs: { handle_events: JobDefinition<EventsPayload> } = {
  handle_events: defineJob({
    payload: z.union([z.object({ events: z.array(eventsOfTenant).min(1), again }), ofOneTenant]),
    // No event is in two jobs of one size, but for those that are brought once more.
    jobId: ({ events, again: time }) => {
      const [first] = events;
      const count = events.reduce((sum, { seqs }) => sum + seqs.length, 0);
      return ["events", first?.tenantId, first?.seqs[0], count, ...(time === undefined ? [] : [time])].join("-");
    },
    attempts: 20,
    backoff: { baseMs: 500, maxMs: 60_000 },
  }),
};

export type SubscriberQueue = QueueDefinition<typeof subscriberJobs>;

/** A worker app that follows the log has a queue with this one job on it: what a transaction has told, of all its tenants. */
export function defineSubscriberQueue(name: string): SubscriberQueue {
  return defineQueue(name, subscriberJobs);
}

export interface Subscription {
  queue: SubscriberQueue;
  types: ReadonlySet<EventType>;
  /**
   * Which of the tenants in $1 (uuid[]) it wants to hear of, unless of all. Asked once by each transaction that publishes
   * such events, so a tenant that has no use for the subscriber costs no job.
   */
  tenants?: Statement<{ tenantId: string }>;
}
