import type { SystemContext } from "../context/index.ts";
import { countFinished } from "./finish-rows.ts";
import { lockJobInTurn } from "./turns.ts";

/** Rows at a time, so that whoever wants to pause or cancel does not wait long. */
const ROWS = 1_000;

/** Gives up all rows that are left, for a reason that they have in common. Stops when it is not the job's turn any more. */
export async function failRest(
  ctx: SystemContext,
  { tenantId, jobId }: { tenantId: string; jobId: string },
  reason: string,
): Promise<void> {
  let isOver = false;
  while (!isOver) {
    isOver = await ctx.database.withTenant(tenantId, async (tx) => {
      const job = await lockJobInTurn(tx, tenantId);
      if (job?.id !== jobId) return true;
      // bulk_row_waiting_idx
      const failed = await tx.$executeRaw`
        update bulk_row r set state = 'FAILED', error = ${reason}
          from (select w.position from bulk_row w
                 where w.tenant_id = ${tenantId}::uuid and w.job_id = ${jobId}::uuid and w.state = 'WAITING'
                 order by w.position limit ${ROWS}) w
         where r.tenant_id = ${tenantId}::uuid and r.job_id = ${jobId}::uuid and r.position = w.position`;
      return (await countFinished(ctx, tx, job, { finished: failed, failed })) || failed === 0;
    });
  }
}
