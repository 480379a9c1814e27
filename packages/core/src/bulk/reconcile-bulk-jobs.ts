import type { Tx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { chunkRow } from "./bulk-queue.ts";

interface StrandedJob {
  tenantId: string;
  jobId: string;
  /** Of its first row that waits. */
  position: number | null;
}

const LIMIT = 1_000;
/** The job of a chunk that has failed for good keeps its id taken, so another one is let through now and then. */
const ANOTHER_EVERY_MS = 10 * 60_000;

/**
 * Wakes jobs whose turn it is and that have not gone on for longer than `olderThanMs`: their wake-up was lost with Redis,
 * or has failed too often. Returns how many.
 */
export function reconcileBulkJobs(ctx: SystemContext, olderThanMs: number): Promise<number> {
  const now = ctx.clock.now();
  const cause = `again-${Math.floor(now.getTime() / ANOTHER_EVERY_MS)}`;
  return ctx.database.withSystem(async (tx) => {
    const stranded = await findStranded(tx, new Date(now.getTime() - olderThanMs));
    const rows = stranded.flatMap(({ position, ...key }) =>
      position === null ? [] : [chunkRow(key, position, cause)],
    );
    if (rows.length > 0) await ctx.outbox.enqueue(tx, rows);
    // Their last rows went away with their tickets.
    for (const { tenantId, jobId, position } of stranded) {
      if (position !== null) continue;
      await tx.bulkJob.updateMany({
        where: { tenantId, id: jobId, status: "RUNNING" },
        data: { status: "DONE", finishedAt: now },
      });
    }
    return stranded.length;
  });
}

function findStranded(tx: Tx, before: Date): Promise<StrandedJob[]> {
  // bulk_job_running_idx, bulk_row_waiting_idx
  return tx.$queryRaw<StrandedJob[]>`
    select j.tenant_id as "tenantId", j.id as "jobId",
           (select r.position from bulk_row r
             where r.tenant_id = j.tenant_id and r.job_id = j.id and r.state = 'WAITING'
             order by r.position limit 1) as position
      from (select distinct on (tenant_id) tenant_id, id, progressed_at
              from bulk_job where status = 'RUNNING' order by tenant_id, id) j
     where j.progressed_at < ${before}
     order by j.progressed_at limit ${LIMIT}`;
}
