import { statement, type Sql, type UsageKind } from "@parley/db";
import { USAGE_KINDS } from "../billing-plans/index.ts";
import { computeInvoice, moneyText, segmentsOf, type InvoiceFacts } from "../invoices/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { forecastUsage } from "./forecast.ts";
import type { UsageReportJson } from "./schemas.ts";

interface WallRow {
  today: string;
  shareOfToday: number;
  firstDay: string;
  lastDay: string;
  /** Null: nothing was used yet. */
  knownFrom: string | null;
}

// billing_period_pkey, usage_daily_pkey. What was used before the first usage is not known to be nothing.
const READ_WALL = statement<WallRow>(
  "usage_reports_read_wall",
  `select wall.at::date::text as today, (extract(epoch from wall.at::time) / 86400)::float8 as "shareOfToday",
          (p.starts_at at time zone p.time_zone)::date::text as "firstDay",
          ((p.ends_at - interval '1 millisecond') at time zone p.time_zone)::date::text as "lastDay",
          (select least(min(d.day), wall.at::date)::text
             from usage_daily d
            where d.tenant_id = $1
              and d.period = (select period from usage_daily where tenant_id = $1 order by period limit 1)) as "knownFrom"
     from billing_period p, lateral (select $3::timestamptz at time zone p.time_zone as at) wall
    where p.tenant_id = $1 and p.starts_on = $2`,
);

// usage_daily_pkey. A day stands in the period in which it was charged, which may be the next one.
const READ_DAYS = statement<{ kind: UsageKind; day: string; quantity: string }>(
  "usage_reports_read_days",
  `select kind, day::text as day, sum(quantity)::text as quantity
     from usage_daily
    where tenant_id = $1 and period >= date_trunc('month', $2::date - 57)::date and day >= $2::date - 57
    group by kind, day`,
);

/** Where the period will end, if it goes on as it did until `now`; null when it is over. */
export async function forecastPeriod(
  sql: Sql,
  tenantId: string,
  { startsOn, now, facts }: { startsOn: Date; now: Date; facts: InvoiceFacts },
): Promise<UsageReportJson["forecast"]> {
  if (now >= facts.period.endsAt) return null;
  const [wall] = await sql.rows(READ_WALL, [tenantId, startsOn, now]);
  if (!wall) throw new Error("a period is gone while it is reported on");
  const { knownFrom, ...days } = wall;
  const used = await sql.rows(READ_DAYS, [tenantId, wall.today]);
  const usage = USAGE_KINDS.map((kind) => {
    const soFar = sumOf(facts, kind);
    const ofKind = used
      .filter((each) => each.kind === kind)
      .map(({ day, quantity }) => ({ day, quantity: BigInt(quantity) }));
    return { kind, soFar, ...forecastUsage({ ...days, soFar, days: ofKind, knownFrom: knownFrom ?? wall.today }) };
  });
  // What is still to come will have the prices of the plan that is valid at the end.
  const last = segmentsOf(facts.period, facts.plans).length - 1;
  const ahead = usage.map(({ kind, soFar, quantity }) => ({ kind, segment: last, quantity: quantity - soFar }));
  const { total } = computeInvoice({ ...facts, usage: [...facts.usage, ...ahead] });
  return {
    usage: usage.map(({ kind, quantity, method, basisDays }) => ({
      kind: toJsonEnum(kind),
      quantity: Number(quantity),
      method,
      basisDays,
    })),
    total: moneyText(total, facts.currency),
    currency: facts.currency,
  };
}

function sumOf({ usage }: InvoiceFacts, kind: UsageKind): bigint {
  return usage.filter((each) => each.kind === kind).reduce((sum, { quantity }) => sum + quantity, 0n);
}
