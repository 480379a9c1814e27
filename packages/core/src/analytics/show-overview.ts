import { authorize, type RequestContext } from "../context/index.ts";
import { readOverview } from "./read-overview.ts";
import { readSpan, type ReportSpan } from "./report-span.ts";
import { MESSAGE_STATUSES, type OverviewJson, type OverviewQuery } from "./schemas.ts";

/** What came in and went out in the last days. */
export async function showOverview(ctx: RequestContext, { days }: OverviewQuery): Promise<OverviewJson> {
  const tenantId = authorize(ctx, "reports.read");
  const sql = ctx.database.tenantSql(tenantId);
  const span = await readSpan(sql, tenantId, { days }, ctx.clock.now());
  const [month, week] = [firstOfMonth(span), mondayOf(span)];
  const since = [span.from, month, week].toSorted()[0] ?? span.from;
  const { days: read, kinds: counts } = await readOverview(sql, tenantId, { since, from: span.from, to: span.to });
  const messagesByStatus = Object.fromEntries(MESSAGE_STATUSES.map((status) => [status, counts.get(status) ?? 0]));
  const sentSince = (day: string): number => sum(read.filter(({ date }) => date >= day).map(({ sent }) => sent));
  return {
    overview: {
      totalMessages: sum(Object.values(messagesByStatus)),
      totalConversations: counts.get("conversation") ?? 0,
      deliveryRate: deliveryRateOf(counts),
      sentToday: sentSince(span.today),
      sentThisWeek: sentSince(week),
      sentThisMonth: sentSince(month),
    },
    // All of them are there.
    messagesByStatus: messagesByStatus as OverviewJson["messagesByStatus"],
    dailyActivity: read.filter(({ date }) => date >= span.from),
    timeZone: span.timeZone,
  };
}

function deliveryRateOf(counts: ReadonlyMap<string, number>): number | null {
  const of = (...kinds: string[]): number => sum(kinds.map((kind) => counts.get(kind) ?? 0));
  const arrived = of("delivered", "read", "played");
  const known = arrived + of("sent", "failed");
  return known === 0 ? null : arrived / known;
}

function firstOfMonth({ today }: ReportSpan): string {
  return `${today.slice(0, "2026-01".length)}-01`;
}

function mondayOf({ today }: ReportSpan): string {
  const day = new Date(`${today}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day.toISOString().slice(0, today.length);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
