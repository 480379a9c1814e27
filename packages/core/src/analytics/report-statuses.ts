import { statement, type ReportKind, type Sql } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { readSpan } from "./report-span.ts";
import { MESSAGE_STATUSES, type SpanQuery } from "./schemas.ts";

// report_day_pkey
const READ_KINDS = statement<{ kind: ReportKind; count: number }>(
  "report_kinds_read",
  `select kind, sum(count)::float8 as count
     from report_day where tenant_id = $1 and day >= $2 and day <= $3 and not is_next
    group by 1`,
);

/** How many messages, and conversations, of these days are of each kind, by its name in JSON. */
export async function readKinds(sql: Sql, tenantId: string, from: string, to: string): Promise<Map<string, number>> {
  const kinds = await sql.rows(READ_KINDS, [tenantId, from, to]);
  return new Map(kinds.map(({ kind, count }) => [toJsonEnum(kind), count]));
}

/** What has become of the messages of these days. */
export async function reportStatuses(
  ctx: RequestContext,
  query: SpanQuery,
): Promise<{ status: string; messages: number }[]> {
  const tenantId = authorize(ctx, "reports.read");
  const sql = ctx.database.tenantSql(tenantId);
  const { from, to } = await readSpan(sql, tenantId, query, ctx.clock.now());
  const kinds = await readKinds(sql, tenantId, from, to);
  return MESSAGE_STATUSES.map((status) => ({ status, messages: kinds.get(status) ?? 0 }));
}
