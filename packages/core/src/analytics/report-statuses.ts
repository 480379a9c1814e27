import { authorize, type RequestContext } from "../context/index.ts";
import { readDayCounts } from "./read-day-counts.ts";
import { readSpan } from "./report-span.ts";
import { MESSAGE_STATUSES, type SpanQuery } from "./schemas.ts";

/** What has become of the messages of these days. */
export async function reportStatuses(
  ctx: RequestContext,
  query: SpanQuery,
): Promise<{ status: string; messages: number }[]> {
  const tenantId = authorize(ctx, "reports.read");
  const sql = ctx.database.tenantSql(tenantId);
  const span = await readSpan(sql, tenantId, query, ctx.clock.now());
  const { kinds } = await readDayCounts(sql, tenantId, span);
  return MESSAGE_STATUSES.map((status) => ({ status, messages: kinds[status] }));
}
