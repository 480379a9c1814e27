import type { BulkRowState, Prisma, Tx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import type { BulkJobRow } from "./bulk-job-json.ts";
import { CHUNK, chunkRow } from "./bulk-queue.ts";
import { enqueueJobInTurn, type Turn } from "./turns.ts";

/** Writes down what became of a row, and sees to it that the job goes on when its chunk is finished. */
export async function finishRow(
  ctx: SystemContext,
  tx: Tx,
  { job, position }: Turn,
  { state, error = null }: { state: BulkRowState; error?: string | null },
): Promise<void> {
  const { tenantId, id: jobId } = job;
  await tx.bulkRow.update({
    where: { tenantId_jobId_position: { tenantId, jobId, position } },
    data: { state, error },
  });
  const isOver = await countFinished(ctx, tx, job, { finished: 1, failed: state === "FAILED" ? 1 : 0 });
  // Rows have their turns in order, so this was the last of its chunk.
  if (!isOver && position % CHUNK === 0) {
    await ctx.outbox.enqueue(tx, [chunkRow({ tenantId, jobId }, position + 1)]);
  }
}

/** Counts rows of a locked job, and ends the job with the last of them. Tells whether it did. */
export async function countFinished(
  ctx: SystemContext,
  tx: Tx,
  job: BulkJobRow,
  counts: { finished: number; failed: number },
): Promise<boolean> {
  const { tenantId, id, total } = job;
  const finished = job.finished + counts.finished;
  const isOver = finished >= total;
  const now = ctx.clock.now();
  const end: Prisma.BulkJobUncheckedUpdateInput = isOver ? { status: "DONE", finishedAt: now } : {};
  await tx.bulkJob.update({
    where: { tenantId_id: { tenantId, id } },
    data: { finished, failed: job.failed + counts.failed, progressedAt: now, ...end },
  });
  if (isOver) await enqueueJobInTurn(ctx, tx, tenantId);
  return isOver;
}
