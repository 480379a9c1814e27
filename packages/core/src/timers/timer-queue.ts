import { defineJob, defineQueue } from "@parley/queue";
import { z } from "zod";
import { TIMER_KINDS } from "./kinds.ts";

/** Timers that are due soon. The row in the database decides whether and when one fires. */
export const timerQueue = defineQueue("timers", {
  fire_timer: defineJob({
    payload: z.object({
      tenantId: z.uuid(),
      kind: z.enum(TIMER_KINDS),
      subjectId: z.uuid(),
      /** Milliseconds since 1970; tells a timer that was moved from what it was. */
      dueAt: z.int(),
    }),
    jobId: ({ kind, subjectId, dueAt }) => `${kind}-${subjectId}-${dueAt}`,
    attempts: 20,
    backoff: { baseMs: 500, maxMs: 60_000 },
  }),
});
