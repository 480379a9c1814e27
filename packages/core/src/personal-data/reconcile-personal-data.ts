import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { erasureRow, exportRow } from "./personal-data-queue.ts";

const LIMIT = 1_000;
/** An archive is written in one run, which may take long; one that began so long ago has died. */
const EXPORT_MS = 15 * 60_000;
/** The job of a place that has failed for good keeps its id taken, so another one is let through now and then. */
const ANOTHER_EVERY_MS = 10 * 60_000;

// data_export_running_idx
const FIND_EXPORTS = statement<{ tenantId: string; exportId: string }>(
  "data_export_find_stranded",
  `select tenant_id as "tenantId", id as "exportId" from data_export
    where status = 'RUNNING' and progressed_at < $1 order by progressed_at limit $2`,
);
// contact_erasure_running_idx
const FIND_ERASURES = statement<{ tenantId: string; erasureId: string }>(
  "erasure_find_stranded",
  `select tenant_id as "tenantId", id as "erasureId" from contact_erasure
    where status = 'RUNNING' and progressed_at < $1 order by progressed_at limit $2`,
);

/**
 * Wakes exports and erasures that have not gone on for longer than `olderThanMs`: their wake-up was lost with Redis, or has
 * failed too often. Returns how many.
 */
export function reconcilePersonalData(ctx: SystemContext, olderThanMs: number): Promise<number> {
  const now = ctx.clock.now().getTime();
  const cause = `again-${Math.floor(now / ANOTHER_EVERY_MS)}`;
  return ctx.database.system.transaction(async (sql) => {
    const exports = await sql.rows(FIND_EXPORTS, [new Date(now - Math.max(olderThanMs, EXPORT_MS)), LIMIT]);
    const erasures = await sql.rows(FIND_ERASURES, [new Date(now - olderThanMs), LIMIT]);
    const rows = [...exports.map((each) => exportRow(each, cause)), ...erasures.map((each) => erasureRow(each, cause))];
    if (rows.length > 0) await ctx.outbox.enqueueSql(sql, rows);
    return rows.length;
  });
}
