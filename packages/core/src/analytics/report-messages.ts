import { statement, type Statement } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { LEFT } from "./count-subjects.ts";
import { grouped } from "./group-by.ts";
import { readSpan } from "./report-span.ts";
import type { MessageReportJson, MessageReportQuery } from "./schemas.ts";

type Row = Omit<MessageReportJson["groups"][number], "deliveryRate">;

const sumOf = (...kinds: string[]): string =>
  `coalesce(sum(f.count) filter (where f.kind in (${kinds.map((kind) => `'${kind}'`).join(", ")})), 0)::float8`;

// report_hour_pkey
function countBy(by: MessageReportQuery["by"]): Statement<Row> {
  return statement<Row>(
    `report_messages_by_${by}`,
    grouped(
      by,
      ({ key, joins }) => `select ${key} as id, ${sumOf("RECEIVED")} as received, ${sumOf(...LEFT)} as sent,
              ${sumOf("DELIVERED", "READ", "PLAYED")} as delivered, ${sumOf("FAILED")} as failed
         from report_hour f ${joins}
        where f.tenant_id = $1 and f.day >= $2 and f.day <= $3 and f.kind <> 'CONVERSATION' and f.count <> 0
        group by 1`,
    ),
  );
}

const COUNT = { all: countBy("all"), agent: countBy("agent"), inbox: countBy("inbox"), channel: countBy("channel") };

/** What came in and went out in a time, and what became of it. Messages are of the member who wrote them. */
export async function reportMessages(
  ctx: RequestContext,
  { by, ...query }: MessageReportQuery,
): Promise<MessageReportJson> {
  const tenantId = authorize(ctx, "reports.read");
  const sql = ctx.database.tenantSql(tenantId);
  const { from, to, timeZone } = await readSpan(sql, tenantId, query, ctx.clock.now());
  const rows = await sql.rows(COUNT[by], [tenantId, from, to]);
  return {
    from,
    to,
    timeZone,
    groups: rows.map((row) => {
      const known = row.sent + row.failed;
      return { ...row, deliveryRate: known === 0 ? null : row.delivered / known };
    }),
  };
}
