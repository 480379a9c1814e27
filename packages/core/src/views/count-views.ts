import { statement } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { askerOf, countTickets, storedTicketFilter } from "../tickets/index.ts";
import type { ViewCountJson } from "./schemas.ts";

/** More than these are told as these: nobody works through them by a number, and counting them would take long. */
const MOST_COUNTED = 1_000;
/** Counted by one statement. */
const CHUNK = 20;

// saved_view_tenant_id_owner_id_idx, saved_view_pkey
const READ_FILTERS = statement<{ id: string; filter: unknown }>(
  "saved_view_filters",
  `select id, filter from saved_view where tenant_id = $1 and (is_shared or owner_id = $2) order by id desc`,
);

/** How many tickets each view shows that the caller sees, in the order of their list. */
export async function countViews(ctx: RequestContext): Promise<ViewCountJson[]> {
  const tenantId = authorize(ctx, "views.read");
  const asker = askerOf(ctx, tenantId);
  const sql = ctx.database.tenantSql(tenantId);
  const views = await sql.rows(READ_FILTERS, [tenantId, asker.me]);
  const counted: ViewCountJson[] = [];
  for (let start = 0; start < views.length; start += CHUNK) {
    const chunk = views.slice(start, start + CHUNK);
    const filters = chunk.map(({ filter }) => [storedTicketFilter.parse(filter)]);
    const counts = await countTickets(sql, filters, asker, { most: MOST_COUNTED + 1 });
    for (const [index, { id: viewId }] of chunk.entries()) {
      const count = counts[index] ?? 0;
      counted.push({ viewId, count: Math.min(count, MOST_COUNTED), isCapped: count > MOST_COUNTED });
    }
  }
  return counted;
}
