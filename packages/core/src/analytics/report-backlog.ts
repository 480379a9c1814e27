import { statement, type Statement } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { grouped } from "./group-by.ts";
import { perGroup } from "./per-group.ts";
import { readSpan } from "./report-span.ts";
import type { BacklogReportJson, GroupBy, GroupedReportQuery } from "./schemas.ts";

type Row = BacklogReportJson["groups"][number];

/** When each ticket was unfinished, of those whose end is as it says. */
function selectSpans({ key, joins }: { key: string; joins: string }, ended: string): string {
  return `select ${key} as id, f.began_at, f.ended_at
            from ticket_span f ${joins}
           where f.tenant_id = $1 and f.ended_at ${ended} and f.began_at < $3`;
}

// ticket_span_tenant_id_ended_at_idx: what is unfinished now, and what has ended since the report begins; of tags ticket_pkey.
// What was there when the report begins came on the day before.
const COUNT = perGroup((by: GroupBy): Statement<Row> => {
  return statement<Row>(
    `report_backlog_by_${by}`,
    grouped(
      by,
      (dimension) => `
        with spans as materialized (
          ${selectSpans(dimension, "is null")}
          union all
          ${selectSpans(dimension, ">= $2")}
        ), moved as materialized (
          select coalesce(id, '') as id, greatest((began_at at time zone $4)::date, $5::date - 1) as day, 1 as units from spans
          union all
          select coalesce(id, ''), (ended_at at time zone $4)::date, -1 from spans where ended_at < $3
        ), days as (
          select i.id, d.day::date as day, 0 as units
            from (${by === "all" ? "select ''" : "select distinct id from moved"}) i (id)
           cross join generate_series($5::date - 1, $6::date, interval '1 day') d (day)
        ), changes as (
          select id, day, sum(units) as units from (select * from moved union all select * from days) m group by 1, 2
        ), levels as (
          select id, day, sum(units) over (partition by id order by day)::int as unfinished from changes
        )
        select nullif(id, '') as id,
               json_agg(json_build_object('date', day, 'unfinished', unfinished) order by day) as days
          from levels
         where day >= $5::date
         group by 1`,
    ),
  );
});

/** How many tickets were unfinished at the end of each day, and with whom. */
export async function reportBacklog(
  ctx: RequestContext,
  { by, ...query }: GroupedReportQuery,
): Promise<BacklogReportJson> {
  const tenantId = authorize(ctx, "reports.read");
  const sql = ctx.database.tenantSql(tenantId);
  const { from, to, timeZone, startsAt, endsAt } = await readSpan(sql, tenantId, query, ctx.clock.now());
  const groups = await sql.rows(COUNT[by], [tenantId, startsAt, endsAt, timeZone, from, to]);
  return { from, to, timeZone, groups };
}
