import { countContacts, MOST_FOUND, readSegmentFilter } from "../contacts/index.ts";
import { authorize, userIdOf, type RequestContext } from "../context/index.ts";
import type { SegmentCountJson } from "./schemas.ts";

/** More than these are told as these. */
const MOST_COUNTED = 100_000;

/** How many contacts are in the segment now. */
export async function countSegment(ctx: RequestContext, { id }: { id: string }): Promise<SegmentCountJson> {
  const tenantId = authorize(ctx, "segments.read");
  const sql = ctx.database.tenantSql(tenantId);
  const filter = await readSegmentFilter(sql, { tenantId, me: userIdOf(ctx.actor) }, id);
  const { statement, values } = countContacts([filter], { tenantId, most: MOST_COUNTED + 1 });
  const [{ count, found } = { count: 0, found: null }] = await sql.rows(statement, values);
  const isCapped = count > MOST_COUNTED || (found ?? 0) >= MOST_FOUND;
  return { count: Math.min(count, MOST_COUNTED), isCapped };
}
