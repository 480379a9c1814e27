import { defineJob, defineQueue, outboxRow, type OutboxRow } from "@parley/queue";
import { z } from "zod";

/** What a company has of one person: put into an archive, or erased. The rows in the database say what is left to do. */
export const personalDataQueue = defineQueue("personal-data", {
  build_export: defineJob({
    payload: z.object({ tenantId: z.uuid(), exportId: z.uuid() }),
    jobId: ({ exportId }) => `export-${exportId}`,
    attempts: 20,
    backoff: { baseMs: 500, maxMs: 60_000 },
  }),
  erase_contact: defineJob({
    payload: z.object({ tenantId: z.uuid(), erasureId: z.uuid() }),
    jobId: ({ erasureId }) => `erase-${erasureId}`,
    attempts: 20,
    backoff: { baseMs: 500, maxMs: 60_000 },
  }),
});

/** With `cause` it is one more job, for when the other one may be of no use. Of several that run only one goes on. */
export function exportRow(key: { tenantId: string; exportId: string }, cause?: string): OutboxRow {
  return outboxRow(personalDataQueue, "build_export", key, cause);
}

/** The same for an erasure. */
export function erasureRow(key: { tenantId: string; erasureId: string }, cause?: string): OutboxRow {
  return outboxRow(personalDataQueue, "erase_contact", key, cause);
}
