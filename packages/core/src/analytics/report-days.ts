import { statement, type Sql } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { LEFT } from "./count-subjects.ts";
import { readSpan } from "./report-span.ts";
import type { SpanQuery } from "./schemas.ts";

export interface DayActivity {
  /** 2026-01-31 */
  date: string;
  sent: number;
  received: number;
}

// report_day_pkey: some rows a day, however many messages. Days on which nothing happened are days, and added, not joined: under
// row-level security no index is looked into by a day that was computed.
const READ_DAYS = statement<DayActivity>(
  "report_days_read",
  `select day::text as date,
          coalesce(sum(count) filter (where kind in (${LEFT.map((kind) => `'${kind}'`).join(", ")})), 0)::float8 as sent,
          coalesce(sum(count) filter (where kind = 'RECEIVED'), 0)::float8 as received
     from (select day, kind, count from report_day where tenant_id = $1 and day >= $2 and day <= $3 and not is_next
           union all
           select day::date, null, 0 from generate_series($2::date, $3::date, interval '1 day') g (day)) d
    group by 1
    order by 1`,
);

/** What came in and went out on each of these days. */
export function readDays(sql: Sql, tenantId: string, from: string, to: string): Promise<DayActivity[]> {
  return sql.rows(READ_DAYS, [tenantId, from, to]);
}

export async function reportDays(ctx: RequestContext, query: SpanQuery): Promise<DayActivity[]> {
  const tenantId = authorize(ctx, "reports.read");
  const sql = ctx.database.tenantSql(tenantId);
  const { from, to } = await readSpan(sql, tenantId, query, ctx.clock.now());
  return readDays(sql, tenantId, from, to);
}
