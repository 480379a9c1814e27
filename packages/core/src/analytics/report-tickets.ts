import { statement, type Statement } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { durationsOf } from "./durations.ts";
import { grouped } from "./group-by.ts";
import { perGroup } from "./per-group.ts";
import { readSpan } from "./report-span.ts";
import type { GroupBy, GroupedReportQuery, TicketReportJson } from "./schemas.ts";

type Row = Omit<TicketReportJson["groups"][number], "reopenRate">;

const countOf = (kind: string): string => `(count(*) filter (where f.kind = '${kind}'))::int`;

// ticket_fact_tenant_id_kind_at_idx; of tags ticket_pkey.
const COUNT = perGroup((by: GroupBy): Statement<Row> => {
  return statement<Row>(
    `report_tickets_by_${by}`,
    grouped(
      by,
      ({
        key,
        joins,
        groups,
      }) => `select ${key} as id, ${countOf("OPENED")} as opened, ${countOf("RESOLUTION")} as resolved,
              ${countOf("REOPENED")} as reopened, ${durationsOf("RESOLUTION")} as resolution
         from ticket_fact f ${joins}
        where f.tenant_id = $1 and f.kind in ('OPENED', 'RESOLUTION', 'REOPENED') and f.at >= $2 and f.at < $3
        ${groups}`,
    ),
  );
});

/** How many tickets began and ended in a time, and how long that took. It goes to the account of whoever had them then. */
export async function reportTickets(
  ctx: RequestContext,
  { by, ...query }: GroupedReportQuery,
): Promise<TicketReportJson> {
  const tenantId = authorize(ctx, "reports.read");
  const sql = ctx.database.tenantSql(tenantId);
  const { from, to, timeZone, startsAt, endsAt } = await readSpan(sql, tenantId, query, ctx.clock.now());
  const rows = await sql.rows(COUNT[by], [tenantId, startsAt, endsAt]);
  return {
    from,
    to,
    timeZone,
    groups: rows.map((row) => ({ ...row, reopenRate: row.resolved === 0 ? null : row.reopened / row.resolved })),
  };
}
