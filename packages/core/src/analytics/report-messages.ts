import { statement, type Statement } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { LEFT } from "./count-subjects.ts";
import { grouped } from "./group-by.ts";
import { messageUnits } from "./message-units.ts";
import { perGroup } from "./per-group.ts";
import { readSpan } from "./report-span.ts";
import type { GroupBy, GroupedReportQuery, MessageReportJson } from "./schemas.ts";

type Row = Omit<MessageReportJson["groups"][number], "deliveryRate">;

const sumOf = (...kinds: string[]): string =>
  `coalesce(sum(f.count) filter (where f.kind in (${kinds.map((kind) => `'${kind}'`).join(", ")})), 0)::float8`;

const COUNT = perGroup((by: GroupBy): Statement<Row> =>
  statement<Row>(
    `report_messages_by_${by}`,
    grouped(
      by,
      ({ key, joins, groups }) => `select ${key} as id, ${sumOf("RECEIVED")} as received, ${sumOf(...LEFT)} as sent,
              ${sumOf("DELIVERED", "READ", "PLAYED")} as delivered, ${sumOf("FAILED")} as failed
         from ${messageUnits(by, { hours: false })} f ${joins}
        ${groups}`,
    ),
  ),
);

/** What came in and went out in a time, and what became of it. Messages are of the member who wrote them. */
export async function reportMessages(
  ctx: RequestContext,
  { by, ...query }: GroupedReportQuery,
): Promise<MessageReportJson> {
  const tenantId = authorize(ctx, "reports.read");
  const sql = ctx.database.tenantSql(tenantId);
  const { from, to, timeZone } = await readSpan(sql, tenantId, query, ctx.clock.now());
  const rows = await sql.rows(COUNT[by], [tenantId, from, to, timeZone]);
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
