import { countTickets, storedTicketFilter } from "@parley/core/tickets";
import type pg from "pg";
import { runAlone, type RawAsker } from "./raw-transaction.ts";

const READ_FILTERS =
  "select id, filter from saved_view where tenant_id = $1 and (is_shared or owner_id = $2) order by id desc";
const MOST_COUNTED = 1_001;

/** The counts of all views that somebody sees, by Parley's own statement. */
export async function rawCounts(pool: pg.Pool, { tenantId, userId }: RawAsker): Promise<object[]> {
  const values = [tenantId, userId];
  const views = await runAlone<{ id: string; filter: unknown }>(pool, tenantId, { text: READ_FILTERS, values });
  const filters = views.map(({ filter }) => [storedTicketFilter.parse(filter)]);
  const query = countTickets(filters, { tenantId, me: userId }, MOST_COUNTED);
  const counts = await runAlone<{ count: number }>(pool, tenantId, {
    text: query.statement.text,
    values: query.values,
  });
  return views.map(({ id }, index) => ({ viewId: id, count: counts[index]?.count }));
}
