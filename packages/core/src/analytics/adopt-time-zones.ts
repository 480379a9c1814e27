import { statement, type Sql } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import type { LogReader } from "../log-readers/index.ts";
import { beginCut, fillCut } from "./cut-days.ts";
import { createReportFollower } from "./follow-log.ts";
import { holdReports } from "./report-progress.ts";

interface Moved {
  tenantId: string;
  /** Its days are being cut in the zone that it has now. */
  isBegun: boolean;
}

// report_zone_pkey, tenant_pkey: one row for each tenant.
const FIND_MOVED = statement<Moved>(
  "report_zones_moved",
  `select z.tenant_id as "tenantId", coalesce(z.next_time_zone = t.time_zone, false) as "isBegun"
     from report_zone z join tenant t on t.id = z.tenant_id
    where t.time_zone <> z.time_zone or z.next_time_zone is not null
    order by 1`,
);

/**
 * Cuts the days of tenants anew that have moved to another time zone, part by part. Until all are cut their reports are in the old
 * one, as a whole; what happens meanwhile counts in both. Goes on with what another process has begun. Returns how many have moved;
 * one that cannot holds up no other, and the failure is thrown at the end.
 */
export async function adoptTimeZones(
  ctx: SystemContext,
  { follower = createReportFollower(ctx), partSize }: { follower?: LogReader; partSize?: number } = {},
): Promise<number> {
  const holding = <Done>(work: (sql: Sql) => Promise<Done>): Promise<Done> =>
    ctx.database.system.transaction(async (sql) => {
      await holdReports(sql);
      return work(sql);
    });
  const adopt = async ({ tenantId, isBegun }: Moved): Promise<void> => {
    if (!isBegun) await holding((sql) => beginCut(sql, tenantId));
    while ((await holding((sql) => fillCut(sql, tenantId, partSize))).next !== null) {
      // Whoever follows the log leaves while it is held, which is most of the time.
      await follower.follow();
    }
  };
  const moved = await ctx.database.system.rows(FIND_MOVED, []);
  const failures: unknown[] = [];
  for (const each of moved) await adopt(each).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} tenants have not moved`);
  return moved.length;
}
