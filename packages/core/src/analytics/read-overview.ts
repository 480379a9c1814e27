import { statement, type Sql } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";
import { LEFT } from "./count-subjects.ts";
import type { DayActivity } from "./report-days.ts";
import { STATUSES } from "./schemas.ts";

const KINDS = ["CONVERSATION", ...STATUSES] as const;

interface Overview {
  /** Days on which something happened, in their order. */
  activity: [date: string, sent: number, received: number][];
  kinds: Record<(typeof KINDS)[number], number>;
}

const counted = (kind: string): string => `coalesce(${kind.toLowerCase()}, 0)`;

// report_day_pkey, once and in its order: some rows a day, however many messages.
const READ = statement<Overview>(
  "report_overview_read",
  `select coalesce(json_agg(json_build_array(day, ${LEFT.map(counted).join(" + ")}, ${counted("RECEIVED")})), '[]') as activity,
          json_build_object(${KINDS.map((kind) => `'${kind}', sum(${counted(kind)}) filter (where day >= $3)`).join(", ")}) as kinds
     from (select day, ${KINDS.map((kind) => `sum(count::float8) filter (where kind = '${kind}') as ${kind.toLowerCase()}`).join(", ")}
             from report_day where tenant_id = $1 and day >= $2 and day <= $4 and not is_next
            group by day order by day) d`,
);

/**
 * What came in and went out on each day from `since` to `to`, and how many messages, and conversations, from `from` on are of each
 * kind, by its name in JSON. `since` is not later than `from`.
 */
export async function readOverview(
  sql: Sql,
  tenantId: string,
  { since, from, to }: Readonly<Record<"since" | "from" | "to", string>>,
): Promise<{ days: DayActivity[]; kinds: Map<string, number> }> {
  const [row] = await sql.rows(READ, [tenantId, since, from, to]);
  if (!row) throw new Error("an aggregate returns a row");
  const activity = new Map(row.activity.map(([date, sent, received]) => [date, { date, sent, received }]));
  return {
    // Days on which nothing happened are days.
    days: datesBetween(since, to).map((date) => activity.get(date) ?? { date, sent: 0, received: 0 }),
    kinds: new Map(KINDS.map((kind) => [toJsonEnum(kind), row.kinds[kind] ?? 0])),
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
