import { defineJob, defineQueue, outboxRow, type OutboxRow } from "@parley/queue";
import { z } from "zod";

/** How many rows one turn of a worker takes. Then others have theirs: so the jobs of many companies go on side by side. */
export const CHUNK = 25;

/** Changes of many tickets, a chunk of rows at a time. The rows in the database say what is left to do. */
export const bulkQueue = defineQueue("bulk", {
  run_chunk: defineJob({
    payload: z.object({ tenantId: z.uuid(), jobId: z.uuid(), chunk: z.int().min(1) }),
    jobId: ({ jobId, chunk }) => `chunk-${jobId}-${chunk}`,
    attempts: 20,
    backoff: { baseMs: 500, maxMs: 60_000 },
  }),
});

/** The chunk that a row belongs to; rows and chunks count from 1. */
export function chunkOf(position: number): number {
  return Math.ceil(position / CHUNK);
}

/**
 * The job for a chunk. Without `cause` there is one for each chunk at most; with it, it is one more, for when the other
 * one may be of no use. Of several that run only the one that finishes the chunk enqueues the next.
 */
export function chunkRow(job: { tenantId: string; jobId: string }, position: number, cause?: string): OutboxRow {
  return outboxRow(bulkQueue, "run_chunk", { ...job, chunk: chunkOf(position) }, cause);
}
