import { statement } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { LEFT } from "./count-subjects.ts";
import { readSpan } from "./report-span.ts";
import { WEEKDAYS, type LoadQuery, type LoadReportJson } from "./schemas.ts";

interface Row {
  /** Monday is 1. */
  weekday: number;
  hour: number;
  received: number;
  sent: number;
  opened: number;
}

// report_hour_pkey, ticket_fact_tenant_id_kind_at_idx
const COUNT = statement<Row>(
  "report_load",
  `select weekday, hour, sum(received)::float8 as received, sum(sent)::float8 as sent, sum(opened)::float8 as opened
     from (
       select extract(isodow from day)::int as weekday, hour, count * (kind = 'RECEIVED')::int as received,
              count * (kind in (${LEFT.map((kind) => `'${kind}'`).join(", ")}))::int as sent, 0 as opened
         from report_hour
        where tenant_id = $1 and day >= $5::date and day <= $6::date
       union all
       select extract(isodow from at at time zone $4)::int, extract(hour from at at time zone $4)::int, 0, 0, 1
         from ticket_fact
        where tenant_id = $1 and kind = 'OPENED' and at >= $2 and at < $3
     ) each
    group by 1, 2`,
);

/** How much there was to do at which hours of the week. */
export async function reportLoad(ctx: RequestContext, query: LoadQuery): Promise<LoadReportJson> {
  const tenantId = authorize(ctx, "reports.read");
  const sql = ctx.database.tenantSql(tenantId);
  const { from, to, timeZone, startsAt, endsAt } = await readSpan(sql, tenantId, query, ctx.clock.now());
  const rows = await sql.rows(COUNT, [tenantId, startsAt, endsAt, timeZone, from, to]);
  const byHour = new Map(rows.map((row) => [`${row.weekday} ${row.hour}`, row]));
  const hours = WEEKDAYS.flatMap((weekday, index) =>
    Array.from({ length: 24 }, (_, hour) => {
      const { received = 0, sent = 0, opened = 0 } = byHour.get(`${index + 1} ${hour}`) ?? {};
      return { weekday, hour, received, sent, opened };
    }),
  );
  return { from, to, timeZone, hours };
}
