import { defineJob, defineQueue } from "@parley/queue";
import { z } from "zod";

/** At most so many are one job, unless a single commit of the API stored more. */
export const RAW_EVENTS_OF_JOB = 200;

/** Raw webhook events on their way to becoming facts. */
export const ingestQueue = defineQueue("ingest", {
  apply_raw_events: defineJob({
    payload: z.object({ rawEventIds: z.array(z.uuid()).min(1) }),
    jobId: ({ rawEventIds }) => `raw-${rawEventIds[0]}-${rawEventIds.length}`,
    // What keeps failing is found by the reconciler, so this only has to outlast a database restart.
    attempts: 10,
    backoff: { baseMs: 200, maxMs: 10_000 },
    merge(payloads) {
      const ids = payloads.flatMap(({ rawEventIds }) => rawEventIds);
      return Array.from({ length: Math.ceil(ids.length / RAW_EVENTS_OF_JOB) }, (_empty, index) => ({
        rawEventIds: ids.slice(index * RAW_EVENTS_OF_JOB, (index + 1) * RAW_EVENTS_OF_JOB),
      }));
    },
  }),
});
