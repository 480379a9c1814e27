import { statement, type Statement } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { grouped } from "./group-by.ts";
import { perGroup } from "./per-group.ts";
import { readSpan } from "./report-span.ts";
import type { GroupBy, GroupedReportQuery, SatisfactionReportJson } from "./schemas.ts";

interface Row {
  id: string | null;
  name: string | null;
  asked: number;
  /** From 1 to 5. */
  scores: number[];
}

// ticket_fact_tenant_id_kind_at_idx; of tags ticket_pkey.
const COUNT = perGroup((by: GroupBy): Statement<Row> => {
  const scores = [1, 2, 3, 4, 5].map((score) => `count(*) filter (where f.score = ${score})`).join(", ");
  return statement<Row>(
    `report_satisfaction_by_${by}`,
    grouped(
      by,
      ({ key, joins, groups }) => `select ${key} as id, (count(*) filter (where f.kind = 'SURVEY_ASKED'))::int as asked,
              array[${scores}]::int[] as scores
         from ticket_fact f ${joins}
        where f.tenant_id = $1 and f.kind in ('SURVEY_ASKED', 'SURVEY_ANSWERED') and f.at >= $2 and f.at < $3
        ${groups}`,
    ),
  );
});

/** How satisfied customers said in a time that they are. Answers go to the account of whoever had the ticket then. */
export async function reportSatisfaction(
  ctx: RequestContext,
  { by, ...query }: GroupedReportQuery,
): Promise<SatisfactionReportJson> {
  const tenantId = authorize(ctx, "reports.read");
  const sql = ctx.database.tenantSql(tenantId);
  const { from, to, timeZone, startsAt, endsAt } = await readSpan(sql, tenantId, query, ctx.clock.now());
  const rows = await sql.rows(COUNT[by], [tenantId, startsAt, endsAt]);
  return { from, to, timeZone, groups: rows.map(toGroup) };
}

function toGroup({ id, name, asked, scores }: Row): SatisfactionReportJson["groups"][number] {
  const [one = 0, two = 0, three = 0, four = 0, five = 0] = scores;
  const answered = one + two + three + four + five;
  const points = one + 2 * two + 3 * three + 4 * four + 5 * five;
  return {
    id,
    name,
    asked,
    answered,
    average: answered === 0 ? null : points / answered,
    satisfiedShare: answered === 0 ? null : (four + five) / answered,
    distribution: { "1": one, "2": two, "3": three, "4": four, "5": five },
  };
}
