import { authorize, type RequestContext } from "../context/index.ts";
import type { KindColumn } from "./kind-columns.ts";
import { readDayCounts } from "./read-day-counts.ts";
import { readSpan, type ReportSpan } from "./report-span.ts";
import { MESSAGE_STATUSES, type OverviewJson, type OverviewQuery } from "./schemas.ts";

/** What came in and went out in the last days. */
export async function showOverview(ctx: RequestContext, { days }: OverviewQuery): Promise<OverviewJson> {
  const tenantId = authorize(ctx, "reports.read");
  const sql = ctx.database.tenantSql(tenantId);
  const span = await readSpan(sql, tenantId, { days }, ctx.clock.now());
  const [month, week] = [firstOfMonth(span), mondayOf(span)];
  const since = [span.from, month, week].toSorted()[0] ?? span.from;
  const { days: read, kinds } = await readDayCounts(sql, tenantId, { since, from: span.from, to: span.to });
  const messagesByStatus = Object.fromEntries(MESSAGE_STATUSES.map((status) => [status, kinds[status]]));
  const sentSince = (day: string): number => sum(read.filter(({ date }) => date >= day).map(({ sent }) => sent));
  return {
    overview: {
      totalMessages: sum(Object.values(messagesByStatus)),
      totalConversations: kinds.conversation,
      deliveryRate: deliveryRateOf(kinds),
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

function deliveryRateOf(kinds: Readonly<Record<KindColumn, number>>): number | null {
  const arrived = kinds.delivered + kinds.read + kinds.played;
  const known = arrived + kinds.sent + kinds.failed;
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
