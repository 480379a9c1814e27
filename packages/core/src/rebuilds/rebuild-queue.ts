import { defineJob, defineQueue, outboxRow, type OutboxRow } from "@parley/queue";
import { z } from "zod";

/** What is computed anew of companies. The rows in the database say how far that is. */
export const rebuildQueue = defineQueue("rebuilds", {
  go_on: defineJob({
    payload: z.object({ tenantId: z.uuid(), rebuildId: z.uuid() }),
    jobId: ({ rebuildId }) => `rebuild-${rebuildId}`,
    attempts: 20,
    backoff: { baseMs: 500, maxMs: 60_000 },
  }),
});

export interface RebuildKey {
  tenantId: string;
  rebuildId: string;
}

/** With `cause` it is one more job, for when the other one may be of no use. */
export function rebuildRow(key: RebuildKey, cause?: string): OutboxRow {
  return outboxRow(rebuildQueue, "go_on", key, cause);
}
