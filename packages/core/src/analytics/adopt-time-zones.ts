import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { selectDays, selectHours } from "./count-subjects.ts";
import { PREPARE_REBUILD } from "./rebuild-reports.ts";
import { HOLD_REPORTS } from "./report-progress.ts";

// report_zone_pkey, tenant_pkey: one row for each tenant.
const FIND_MOVED = statement<{ tenantId: string }>(
  "report_zones_moved",
  `select z.tenant_id as "tenantId"
     from report_zone z join tenant t on t.id = z.tenant_id
    where t.time_zone <> z.time_zone
    order by 1`,
);

const MOVE = statement(
  "report_zone_move",
  `update report_zone z set time_zone = t.time_zone from tenant t where z.tenant_id = $1 and t.id = z.tenant_id`,
);

/** Everything that was counted, in its new zone. report_subject_pkey */
const LOCAL = `(select s.*, s.at at time zone z.time_zone as local_at, 1 as units
                  from report_subject s join report_zone z using (tenant_id)
                 where s.tenant_id = $1) l`;

const CUT = [
  statement("report_day_clear", "delete from report_day where tenant_id = $1"),
  statement("report_hour_clear", "delete from report_hour where tenant_id = $1"),
  statement("report_day_cut", `insert into report_day (tenant_id, day, kind, count) ${selectDays(LOCAL)}`),
  statement(
    "report_hour_cut",
    `insert into report_hour (tenant_id, day, hour, inbox_id, agent_id, kind, count) ${selectHours(LOCAL)}`,
  ),
];

/**
 * Cuts the days of tenants anew that have moved to another time zone. Until then their reports are in the old one, as a whole.
 * Returns how many have moved.
 */
export async function adoptTimeZones(ctx: SystemContext): Promise<number> {
  const moved = await ctx.database.system.rows(FIND_MOVED, []);
  for (const { tenantId } of moved) {
    await ctx.database.system.transaction(async (sql) => {
      await sql.rows(PREPARE_REBUILD, []);
      await sql.rows(HOLD_REPORTS, []);
      await sql.run(MOVE, [tenantId]);
      for (const cut of CUT) await sql.run(cut, [tenantId]);
    });
  }
  return moved.length;
}
