import { defineJob, defineQueue, outboxRow, type OutboxRow } from "@parley/queue";
import { z } from "zod";

/** Rows of files of contacts, some thousand at a time. The import in the database says where to go on. */
export const contactImportQueue = defineQueue("contact-imports", {
  run_part: defineJob({
    payload: z.object({ tenantId: z.uuid(), importId: z.uuid(), rows: z.int().min(0) }),
    jobId: ({ importId, rows }) => `part-${importId}-${rows}`,
    attempts: 20,
    backoff: { baseMs: 500, maxMs: 60_000 },
  }),
});

/**
 * The job for what follows the rows that were read. Without `cause` there is one for each place at most; with it, it is
 * one more, for when the other one may be of no use. Of several that run only one writes a row.
 */
export function partRow(part: { tenantId: string; importId: string; rows: number }, cause?: string): OutboxRow {
  return outboxRow(contactImportQueue, "run_part", part, cause);
}
