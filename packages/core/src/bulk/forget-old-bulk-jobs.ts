import type { SystemContext } from "../context/index.ts";

const KEPT_MS = 30 * 24 * 3_600_000;
/** Each takes its rows along, of which there may be a hundred thousand. */
const JOBS = 5;

/** Deletes what was done or cancelled 30 days ago, with its rows. Returns how many jobs. Relies on bulk_job_finished_idx. */
export async function forgetOldBulkJobs(ctx: Pick<SystemContext, "database" | "clock">): Promise<number> {
  const before = new Date(ctx.clock.now().getTime() - KEPT_MS);
  let forgotten = 0;
  for (;;) {
    const count = await ctx.database.withSystem(
      (tx) => tx.$executeRaw`
        delete from bulk_job j
         using (select tenant_id, id from bulk_job where finished_at < ${before} order by finished_at limit ${JOBS}) old
         where j.tenant_id = old.tenant_id and j.id = old.id`,
    );
    forgotten += count;
    if (count < JOBS) return forgotten;
  }
}
