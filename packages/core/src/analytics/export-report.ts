import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { toCsv, type CsvCell } from "../csv/index.ts";
import { reportBacklog } from "./report-backlog.ts";
import { reportDays } from "./report-days.ts";
import { reportLoad } from "./report-load.ts";
import { reportMessages } from "./report-messages.ts";
import { reportResponses } from "./report-responses.ts";
import { reportSatisfaction } from "./report-satisfaction.ts";
import { reportStatuses } from "./report-statuses.ts";
import { reportTickets } from "./report-tickets.ts";
import type { ExportReportQuery, GroupedReportQuery } from "./schemas.ts";

type Row = Record<string, CsvCell>;
type Read = (ctx: RequestContext, query: GroupedReportQuery) => Promise<Row[]>;

const READ: Record<ExportReportQuery["report"], Read> = {
  async daily(ctx, { by, ...span }) {
    assertTogether(by);
    return (await reportDays(ctx, span)).map((day) => ({ ...day }));
  },
  async statuses(ctx, { by, ...span }) {
    assertTogether(by);
    return reportStatuses(ctx, span);
  },
  async messages(ctx, query) {
    return (await reportMessages(ctx, query)).groups;
  },
  async tickets(ctx, query) {
    const { groups } = await reportTickets(ctx, query);
    return groups.map(({ resolution, ...group }): Row => ({
      ...group,
      resolutionMedianSeconds: resolution.medianSeconds,
      resolutionP90Seconds: resolution.p90Seconds,
    }));
  },
  async responses(ctx, query) {
    const { groups } = await reportResponses(ctx, query);
    return groups.map(({ id, name, firstResponse: first, nextResponse: next }) => ({
      id,
      name,
      firstResponses: first.count,
      firstResponseMedianSeconds: first.medianSeconds,
      firstResponseP90Seconds: first.p90Seconds,
      nextResponses: next.count,
      nextResponseMedianSeconds: next.medianSeconds,
      nextResponseP90Seconds: next.p90Seconds,
    }));
  },
  async backlog(ctx, query) {
    const { groups } = await reportBacklog(ctx, query);
    return groups.flatMap(({ id, name, days }) => days.map((day): Row => ({ id, name, ...day })));
  },
  async load(ctx, query) {
    const { groups } = await reportLoad(ctx, query);
    return groups.flatMap(({ id, name, hours }) => hours.map((hour): Row => ({ id, name, ...hour })));
  },
  async satisfaction(ctx, query) {
    const { groups } = await reportSatisfaction(ctx, query);
    return groups.map(({ distribution, ...group }) => ({
      ...group,
      ...Object.fromEntries(Object.entries(distribution).map(([score, count]) => [`score${score}`, count])),
    }));
  },
};

const COLUMNS: Record<ExportReportQuery["report"], readonly string[]> = {
  daily: ["date", "sent", "received"],
  statuses: ["status", "messages"],
  messages: ["id", "name", "received", "sent", "delivered", "failed", "deliveryRate"],
  tickets: [
    "id",
    "name",
    "opened",
    "resolved",
    "reopened",
    "reopenRate",
    "resolutionMedianSeconds",
    "resolutionP90Seconds",
  ],
  responses: [
    "id",
    "name",
    "firstResponses",
    "firstResponseMedianSeconds",
    "firstResponseP90Seconds",
    "nextResponses",
    "nextResponseMedianSeconds",
    "nextResponseP90Seconds",
  ],
  backlog: ["id", "name", "date", "unfinished"],
  load: ["id", "name", "weekday", "hour", "received", "sent", "opened"],
  satisfaction: [
    "id",
    "name",
    "asked",
    "answered",
    "average",
    "satisfiedShare",
    "score1",
    "score2",
    "score3",
    "score4",
    "score5",
  ],
};

/** A report as CSV, which is written into the audit log. `validation_failed`: it is not counted in that way. */
export async function exportReport(
  ctx: RequestContext,
  { report, ...query }: ExportReportQuery,
): Promise<AsyncIterable<string>> {
  const tenantId = authorize(ctx, "reports.read");
  const rows = await READ[report](ctx, query);
  await ctx.database.withTenant(tenantId, (tx) =>
    recordAudit(ctx, tx, tenantId, {
      action: "report.exported",
      subject: { type: "report", id: null },
      after: { report, ...query },
    }),
  );
  return toPieces(COLUMNS[report], rows);
}

function assertTogether(by: GroupedReportQuery["by"]): void {
  if (by === "all") return;
  const message = "this report is of everything together";
  throw new DomainError("validation_failed", "Choose another group.", { fields: [{ path: "by", message }] });
}

async function* toPieces(columns: readonly string[], rows: readonly Row[]): AsyncGenerator<string> {
  yield toCsv([[...columns]]);
  yield toCsv(rows.map((row) => columns.map((column) => row[column] ?? null)));
}
