import { statement, type Statement } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { LEFT } from "./count-subjects.ts";
import { grouped } from "./group-by.ts";
import { messageUnits } from "./message-units.ts";
import { perGroup } from "./per-group.ts";
import { readSpan } from "./report-span.ts";
import { WEEKDAYS, type GroupBy, type GroupedReportQuery, type LoadReportJson } from "./schemas.ts";

interface Hour {
  /** Monday is 1. */
  weekday: number;
  hour: number;
  received: number;
  sent: number;
  opened: number;
}

interface Row {
  id: string | null;
  name: string | null;
  /** In which there was anything. */
  hours: Hour[];
}

const IS_SENT = `f.kind in (${LEFT.map((kind) => `'${kind}'`).join(", ")})`;

// Tickets: ticket_fact_tenant_id_kind_at_idx; of tags ticket_pkey.
const COUNT = perGroup((by: GroupBy): Statement<Row> =>
  statement<Row>(
    `report_load_by_${by}`,
    grouped(
      by,
      ({ key, joins }) => `
        select nullif(id, '') as id,
               json_agg(json_build_object('weekday', weekday, 'hour', hour, 'received', received, 'sent', sent, 'opened', opened))
                 as hours
          from (
            select id, weekday, hour, sum(received) as received, sum(sent) as sent, sum(opened) as opened
              from (
                select coalesce(${key}, '') as id, extract(isodow from f.day)::int as weekday, f.hour,
                       f.count * (f.kind = 'RECEIVED')::int as received, f.count * (${IS_SENT})::int as sent, 0 as opened
                  from ${messageUnits(by, { hours: true })} f ${joins}
                 union all
                select coalesce(${key}, ''), extract(isodow from f.at at time zone $4::text)::int,
                       extract(hour from f.at at time zone $4::text)::int, 0, 0, 1
                  from ticket_fact f ${joins}
                 where f.tenant_id = $1 and f.kind = 'OPENED' and f.at >= $5 and f.at < $6
              ) each
             group by 1, 2, 3
          ) hours
         group by 1`,
    ),
  ),
);

/** How much there was to do at which hours of the week. */
export async function reportLoad(ctx: RequestContext, { by, ...query }: GroupedReportQuery): Promise<LoadReportJson> {
  const tenantId = authorize(ctx, "reports.read");
  const sql = ctx.database.tenantSql(tenantId);
  const { from, to, timeZone, startsAt, endsAt } = await readSpan(sql, tenantId, query, ctx.clock.now());
  const rows = await sql.rows(COUNT[by], [tenantId, from, to, timeZone, startsAt, endsAt]);
  const found = by === "all" && rows.length === 0 ? [{ id: null, name: null, hours: [] }] : rows;
  return { from, to, timeZone, groups: found.map((row) => ({ ...row, hours: wholeWeek(row.hours) })) };
}

/** Hours in which nothing happened are hours. */
function wholeWeek(hours: readonly Hour[]): LoadReportJson["groups"][number]["hours"] {
  const known = new Map(hours.map((each) => [`${each.weekday} ${each.hour}`, each]));
  return WEEKDAYS.flatMap((weekday, index) =>
    Array.from({ length: 24 }, (_, hour) => {
      const { received = 0, sent = 0, opened = 0 } = known.get(`${index + 1} ${hour}`) ?? {};
      return { weekday, hour, received, sent, opened };
    }),
  );
}
