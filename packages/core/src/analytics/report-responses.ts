import { statement, type Statement } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { durationsOf } from "./durations.ts";
import { grouped } from "./group-by.ts";
import { perGroup } from "./per-group.ts";
import { readSpan } from "./report-span.ts";
import type { GroupBy, GroupedReportQuery, ResponseReportJson } from "./schemas.ts";

type Row = ResponseReportJson["groups"][number];

// ticket_fact_tenant_id_kind_at_idx; of tags ticket_pkey.
const COUNT = perGroup((by: GroupBy): Statement<Row> =>
  statement<Row>(
    `report_responses_by_${by}`,
    grouped(
      by,
      ({ key, joins, groups }) => `select ${key} as id, ${durationsOf("FIRST_RESPONSE")} as "firstResponse",
              ${durationsOf("NEXT_RESPONSE")} as "nextResponse"
         from ticket_fact f ${joins}
        where f.tenant_id = $1 and f.kind in ('FIRST_RESPONSE', 'NEXT_RESPONSE') and f.at >= $2 and f.at < $3
        ${groups}`,
    ),
  ),
);

/** How long customers waited for the answers of a time. They go to the account of whoever gave them. */
export async function reportResponses(
  ctx: RequestContext,
  { by, ...query }: GroupedReportQuery,
): Promise<ResponseReportJson> {
  const tenantId = authorize(ctx, "reports.read");
  const sql = ctx.database.tenantSql(tenantId);
  const { from, to, timeZone, startsAt, endsAt } = await readSpan(sql, tenantId, query, ctx.clock.now());
  const groups = await sql.rows(COUNT[by], [tenantId, startsAt, endsAt]);
  return { from, to, timeZone, groups };
}
