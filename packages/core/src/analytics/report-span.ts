import { statement, type Sql } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { MOST_DAYS, type SpanQuery } from "./schemas.ts";
import { startOfDay } from "./start-of-day.ts";

/** Whole days of a tenant: from the beginning of the first to the end of the last. */
export interface ReportSpan {
  timeZone: string;
  /** 2026-01-31 */
  from: string;
  to: string;
  today: string;
  startsAt: Date;
  /** Not within the span. */
  endsAt: Date;
}

const DEFAULT_DAYS = 30;

// report_zone_pkey, tenant_pkey. Days are of 23 or 25 hours where clocks change.
const READ_SPAN = statement<ReportSpan & { days: number }>(
  "report_span_read",
  `select time_zone as "timeZone", first::text as "from", last::text as "to", today::text as today,
          ${startOfDay("first", "time_zone")} as "startsAt", ${startOfDay("last + 1", "time_zone")} as "endsAt",
          last - first + 1 as days
     from (select time_zone, today, coalesce($3::date, today) as last,
                  coalesce($2::date, coalesce($3::date, today) - ($5::int - 1)) as first
             from (select time_zone, ($4::timestamptz at time zone time_zone)::date as today
                     from (select coalesce((select time_zone from report_zone where tenant_id = $1),
                                           (select time_zone from tenant where id = $1)) as time_zone) z) t) d`,
);

/** Which days are meant: by default the last 30. `validation_failed`: it ends before it begins, or is longer than a year. */
export async function readSpan(
  sql: Sql,
  tenantId: string,
  { from, to, days = DEFAULT_DAYS }: SpanQuery & { days?: number },
  now: Date,
): Promise<ReportSpan> {
  const [row] = await sql.rows(READ_SPAN, [tenantId, from ?? null, to ?? null, now, days]);
  if (!row) throw new Error("an aggregate returns a row");
  const { days: length, ...span } = row;
  if (length < 1 || length > MOST_DAYS) {
    const message = `a report has between 1 and ${MOST_DAYS} days`;
    throw new DomainError("validation_failed", "Choose other days.", { fields: [{ path: "to", message }] });
  }
  return span;
}
