import { authorize, type RequestContext } from "../context/index.ts";
import { SCORES, type SummarizeSurveysQuery, type SurveySummaryJson } from "./schemas.ts";

/** How those answered who were asked in a period. Relies on satisfaction_survey_tenant_id_asked_at_ticket_id_idx. */
export async function summarizeSurveys(
  ctx: RequestContext,
  { since, until }: SummarizeSurveysQuery,
): Promise<SurveySummaryJson> {
  const tenantId = authorize(ctx, "tickets.read");
  const groups = await ctx.database.withTenant(tenantId, (tx) =>
    tx.satisfactionSurvey.groupBy({
      by: ["score"],
      where: { tenantId, askedAt: { gte: since, lt: until } },
      _count: true,
    }),
  );
  const counts = new Map(groups.map(({ score, _count: count }) => [String(score), count]));
  const distribution = Object.fromEntries(SCORES.map((score) => [score, counts.get(score) ?? 0]));
  const asked = sum([...counts.values()]);
  const answered = sum(Object.values(distribution));
  const points = sum(Object.entries(distribution).map(([score, count]) => Number(score) * count));
  return {
    asked,
    answered,
    answeredShare: asked === 0 ? null : answered / asked,
    average: answered === 0 ? null : points / answered,
    distribution: distribution as SurveySummaryJson["distribution"],
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
