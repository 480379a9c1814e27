import { statement, type Sql } from "@parley/db";
import { LEFT } from "./count-subjects.ts";
import { KIND_COLUMNS, kindColumn, type KindColumn } from "./kind-columns.ts";

export interface DayActivity {
  /** 2026-01-31 */
  date: string;
  sent: number;
  received: number;
}

interface Counted {
  /** Days on which something happened, in their order; null: there are none. */
  dates: string[] | null;
  /** Of the same days. */
  sent: number[] | null;
  received: number[] | null;
  kinds: Record<KindColumn, number>;
}

const SENT = LEFT.map(kindColumn).join(" + ");
const SUMS = KIND_COLUMNS.map((column) => `'${column}', coalesce(sum(${column}) filter (where day >= $3), 0)`).join(
  ", ",
);

// report_day_pkey, in its order: one row a day at most, however many messages. As lists, which PostgreSQL writes in half the time
// that rows take it, or a list of rows.
const READ = statement<Counted>(
  "report_day_counts_read",
  `select json_agg(day) as dates, json_agg(${SENT}) as sent, json_agg(${kindColumn("RECEIVED")}) as received,
          json_build_object(${SUMS}) as kinds
     from (select * from report_day where tenant_id = $1 and day >= $2 and day <= $4 and not is_next order by day) d`,
);

/**
 * What came in and went out on each day from `since` to `to`, and how many messages, and conversations, from `from` on are of each
 * kind, by its name in JSON. `since` is not later than `from`, and is that if it is not given.
 */
export async function readDayCounts(
  sql: Sql,
  tenantId: string,
  { from, to, since = from }: { from: string; to: string; since?: string },
): Promise<{ days: DayActivity[]; kinds: Readonly<Record<KindColumn, number>> }> {
  const [row] = await sql.rows(READ, [tenantId, since, from, to]);
  if (!row) throw new Error("an aggregate returns a row");
  const { dates, sent, received } = row;
  const places = new Map(dates?.map((date, place) => [date, place]));
  // Days on which nothing happened are days.
  const countOf = (counts: readonly number[] | null, date: string): number => counts?.[places.get(date) ?? -1] ?? 0;
  return {
    days: datesBetween(since, to).map((date) => ({
      date,
      sent: countOf(sent, date),
      received: countOf(received, date),
    })),
    kinds: row.kinds,
  };
}

function datesBetween(first: string, last: string): string[] {
  const dates: string[] = [];
  for (const day = new Date(`${first}T00:00:00Z`); ; day.setUTCDate(day.getUTCDate() + 1)) {
    const date = day.toISOString().slice(0, first.length);
    if (date > last) return dates;
    dates.push(date);
  }
}
