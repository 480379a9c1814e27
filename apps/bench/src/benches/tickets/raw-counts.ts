import { countTickets, storedTicketFilter } from "@parley/core/tickets";
import type { Sql } from "@parley/db";
import type pg from "pg";
import { runAlone, type RawAsker } from "./raw-transaction.ts";

const READ_FILTERS =
  "select id, filter from saved_view where tenant_id = $1 and (is_shared or owner_id = $2) order by id desc";
const MOST_COUNTED = 1_001;

/** The counts of all views that somebody sees, by Parley's own statements. */
export async function rawCounts(pool: pg.Pool, { tenantId, userId }: RawAsker): Promise<object[]> {
  const values = [tenantId, userId];
  const views = await runAlone<{ id: string; filter: unknown }>(pool, tenantId, { text: READ_FILTERS, values });
  const filters = views.map(({ filter }) => [storedTicketFilter.parse(filter)]);
  const sql: Pick<Sql, "rows"> = {
    rows: ({ text }, given) => runAlone(pool, tenantId, { text, values: [...given] }),
  };
  const counts = await countTickets(sql, filters, { tenantId, me: userId }, { most: MOST_COUNTED });
  return views.map(({ id }, index) => ({ viewId: id, count: counts[index] }));
}
