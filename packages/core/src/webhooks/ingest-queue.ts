import { defineJob, defineQueue } from "@parley/queue";
import { z } from "zod";

/** Raw webhook events on their way to becoming facts. */
export const ingestQueue = defineQueue("ingest", {
  apply_raw_events: defineJob({
    payload: z.object({ rawEventIds: z.array(z.uuid()).min(1) }),
    jobId: ({ rawEventIds }) => `raw-${rawEventIds[0]}-${rawEventIds.length}`,
    // What keeps failing is found by the reconciler, so this only has to outlast a database restart.
    attempts: 10,
    backoff: { baseMs: 200, maxMs: 10_000 },
  }),
});
