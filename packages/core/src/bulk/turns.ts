import type { Tx } from "@parley/db";
import { newId } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import type { BulkJobRow } from "./bulk-job-json.ts";
import { CHUNK, chunkRow } from "./bulk-queue.ts";

/** A row whose turn it is, of a job that nobody else goes on with, pauses or cancels until the transaction ends. */
export interface Turn {
  job: BulkJobRow;
  position: number;
  ticketId: string;
}

/**
 * Waits for whatever row of the tenant has its turn, and holds up the next until the transaction ends. Row locks alone
 * are not given in the order of asking: whoever wants to pause a job could wait for them while rows pass by.
 */
export async function lineUp(tx: Tx, tenantId: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('bulk ' || ${tenantId}, 0))`;
}

/** Of a tenant's running jobs the oldest goes on and the others wait: so a tenant has one under way, and in their order. */
export async function lockJobInTurn(tx: Tx, tenantId: string): Promise<BulkJobRow | null> {
  await lineUp(tx, tenantId);
  // bulk_job_running_idx
  const [locked] = await tx.$queryRaw<{ id: string }[]>`
    select id from bulk_job where tenant_id = ${tenantId}::uuid and status = 'RUNNING' order by id limit 1
       for no key update`;
  return locked ? tx.bulkJob.findUnique({ where: { tenantId_id: { tenantId, id: locked.id } } }) : null;
}

/** The next row of a chunk, if the job is running and it is its turn. Relies on bulk_row_pkey. */
export async function takeTurn(
  tx: Tx,
  { tenantId, jobId, chunk }: { tenantId: string; jobId: string; chunk: number },
): Promise<Turn | undefined> {
  const job = await lockJobInTurn(tx, tenantId);
  if (job?.id !== jobId) return undefined;
  const row = await tx.bulkRow.findFirst({
    where: { tenantId, jobId, state: "WAITING", position: { gt: (chunk - 1) * CHUNK, lte: chunk * CHUNK } },
    orderBy: { position: "asc" },
    select: { position: true, ticketId: true },
  });
  return row ? { job, ...row } : undefined;
}

/** Wakes the job that is the next to go on, when the one before it is over or was paused. */
export async function enqueueJobInTurn(ctx: SystemContext, tx: Tx, tenantId: string): Promise<void> {
  const job = await tx.bulkJob.findFirst({
    where: { tenantId, status: "RUNNING" },
    orderBy: { id: "asc" },
    select: { id: true },
  });
  if (job) await enqueueRest(ctx, tx, { tenantId, jobId: job.id });
}

/** Wakes a job where it stopped. */
export async function enqueueRest(ctx: SystemContext, tx: Tx, key: { tenantId: string; jobId: string }): Promise<void> {
  // bulk_row_waiting_idx, which a state that is a parameter would not find.
  const [row] = await tx.$queryRaw<{ position: number }[]>`
    select position from bulk_row
     where tenant_id = ${key.tenantId}::uuid and job_id = ${key.jobId}::uuid and state = 'WAITING'
     order by position limit 1`;
  // The job of the same chunk may still be there, and about to end without having done anything.
  if (row) await ctx.outbox.enqueue(tx, [chunkRow(key, row.position, newId())]);
}
