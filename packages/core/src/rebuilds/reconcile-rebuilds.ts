import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { rebuildRow, type RebuildKey } from "./rebuild-queue.ts";

const LIMIT = 100;
/** The job of a rebuild that has failed for good keeps its id taken, so another one is let through now and then. */
const ANOTHER_EVERY_MS = 10 * 60_000;

// rebuild_running_key
const FIND_STRANDED = statement<RebuildKey>(
  "rebuild_find_stranded",
  `select tenant_id as "tenantId", id as "rebuildId" from rebuild
    where status = 'RUNNING' and progressed_at < $1 order by progressed_at limit $2`,
);

/**
 * Wakes rebuilds that have not gone on for longer than `olderThanMs`: their wake-up was lost with Redis, or has failed too often.
 * Returns how many.
 */
export function reconcileRebuilds(ctx: SystemContext, olderThanMs: number): Promise<number> {
  const now = ctx.clock.now().getTime();
  const cause = `again-${Math.floor(now / ANOTHER_EVERY_MS)}`;
  return ctx.database.system.transaction(async (sql) => {
    const stranded = await sql.rows(FIND_STRANDED, [new Date(now - olderThanMs), LIMIT]);
    if (stranded.length > 0)
      await ctx.outbox.enqueueSql(
        sql,
        stranded.map((each) => rebuildRow(each, cause)),
      );
    return stranded.length;
  });
}
