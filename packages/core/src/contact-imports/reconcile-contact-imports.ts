import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { partRow } from "./import-queue.ts";

const LIMIT = 1_000;
/** The job of a place that has failed for good keeps its id taken, so another one is let through now and then. */
const ANOTHER_EVERY_MS = 10 * 60_000;

// contact_import_running_idx
const FIND_STRANDED = statement<{ tenantId: string; importId: string; rows: number }>(
  "contact_import_find_stranded",
  `select j.tenant_id as "tenantId", j.id as "importId", j.rows
     from (select distinct on (tenant_id) tenant_id, id, rows, progressed_at
             from contact_import where status = 'RUNNING' order by tenant_id, id) j
    where j.progressed_at < $1
    order by j.progressed_at limit $2`,
);

/**
 * Wakes imports whose turn it is and that have not gone on for longer than `olderThanMs`: their wake-up was lost with
 * Redis, or has failed too often. Returns how many.
 */
export function reconcileContactImports(ctx: SystemContext, olderThanMs: number): Promise<number> {
  const now = ctx.clock.now().getTime();
  const cause = `again-${Math.floor(now / ANOTHER_EVERY_MS)}`;
  return ctx.database.system.transaction(async (sql) => {
    const stranded = await sql.rows(FIND_STRANDED, [new Date(now - olderThanMs), LIMIT]);
    if (stranded.length > 0)
      await ctx.outbox.enqueueSql(
        sql,
        stranded.map((each) => partRow(each, cause)),
      );
    return stranded.length;
  });
}
