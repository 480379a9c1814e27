import { statement } from "@parley/db";
import { defineJob, defineQueue } from "@parley/queue";
import { systemClock } from "@parley/runtime";
import { z } from "zod";
import { defineSubscriberQueue, type EventType, type Subscription } from "../context/index.ts";
import { CLOCK_EVENT_TYPES } from "./read-ticket-log.ts";

/** Tickets to which something happened that their clocks follow. */
export const slaQueue = defineSubscriberQueue("sla");

// sla_rulebook_pkey
const TENANTS_WITH_RULES = statement<{ tenantId: string }>(
  "sla_tenants_with_rules",
  `select tenant_id as "tenantId" from sla_rulebook where tenant_id = any($1::uuid[]) and is_followed`,
);

/** For every process that publishes such events. A tenant that promises nothing costs no jobs. */
export const slaSubscription: Subscription = {
  queue: slaQueue,
  types: new Set<EventType>(CLOCK_EVENT_TYPES),
  tenants: TENANTS_WITH_RULES,
};

/** What comes due within so long is a slice: it fires together, at the slice's end. */
export const SLICE_MS = 250;

/** The end of the slice that a time is in, in milliseconds since 1970. */
export function sliceOf(at: number): number {
  return (Math.floor(at / SLICE_MS) + 1) * SLICE_MS;
}

const BACKOFF = { baseMs: 500, maxMs: 60_000 };

/** What the worker does by itself. A job names a slice of time and not what is due then: so there are few of them. */
export const slaTimerQueue = defineQueue("sla-timers", {
  fire_slice: defineJob({
    payload: z.object({ at: z.int() }),
    jobId: ({ at }) => `slice-${at}`,
    attempts: 5,
    backoff: BACKOFF,
    delays: () => (slices) => {
      const now = systemClock.now().getTime();
      return Promise.resolve(slices.map(({ at }) => Math.max(0, at - now)));
    },
  }),
  judge_anew: defineJob({
    payload: z.object({ tenantId: z.uuid(), revision: z.int(), position: z.int() }),
    jobId: ({ tenantId, revision, position }) => `judge-${tenantId}-${revision}-${position}`,
    attempts: 20,
    backoff: BACKOFF,
  }),
  take_step: defineJob({
    payload: z.object({ tenantId: z.uuid(), stepId: z.uuid() }),
    jobId: ({ stepId }) => `step-${stepId}`,
    attempts: 20,
    backoff: BACKOFF,
  }),
});
