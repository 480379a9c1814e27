import type { Prisma } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, mapPage, readCursor, rowsToRead, timeKey, type Page } from "../paging/index.ts";
import type { ListSurveysQuery, SurveyJson } from "./schemas.ts";
import { toSurveyJson } from "./survey-json.ts";

/** Newest first. Relies on satisfaction_survey_tenant_id_asked_at_ticket_id_idx. */
export async function listSurveys(ctx: RequestContext, query: ListSurveysQuery): Promise<Page<SurveyJson>> {
  const tenantId = authorize(ctx, "tickets.read");
  const { state, score, since, cursor, limit } = query;
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.satisfactionSurvey.findMany({
      where: { tenantId, state, score, askedAt: { gte: since }, AND: [rowsBefore(cursor)] },
      orderBy: [{ askedAt: "desc" }, { ticketId: "desc" }],
      take: rowsToRead(limit),
    }),
  );
  return mapPage(
    cutPage(rows, limit, (survey) => [survey.askedAt, survey.ticketId]),
    toSurveyJson,
  );
}

function rowsBefore(cursor: string | undefined): Prisma.SatisfactionSurveyWhereInput {
  const key = readCursor(cursor, timeKey);
  if (!key) return {};
  const [at, id] = key;
  // The first condition is what the index can begin at.
  return { askedAt: { lte: at }, OR: [{ askedAt: { lt: at } }, { ticketId: { lt: id } }] };
}
