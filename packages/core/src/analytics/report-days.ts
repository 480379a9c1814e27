import { authorize, type RequestContext } from "../context/index.ts";
import { readDayCounts, type DayActivity } from "./read-day-counts.ts";
import { readSpan } from "./report-span.ts";
import type { SpanQuery } from "./schemas.ts";

/** What came in and went out on each of these days. */
export async function reportDays(ctx: RequestContext, query: SpanQuery): Promise<DayActivity[]> {
  const tenantId = authorize(ctx, "reports.read");
  const sql = ctx.database.tenantSql(tenantId);
  const span = await readSpan(sql, tenantId, query, ctx.clock.now());
  return (await readDayCounts(sql, tenantId, span)).days;
}
