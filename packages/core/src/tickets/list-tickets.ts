import { authorize, type RequestContext } from "../context/index.ts";
import { listItems } from "../listed/index.ts";
import { cutPage, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { refreshIndex } from "../search/index.ts";
import { askerOf } from "./asker-of.ts";
import { withAllKnownAttributes } from "./known-attributes.ts";
import { readViewFilter } from "./read-view-filter.ts";
import type { ListedTicketJson, ListTicketsQuery } from "./schemas.ts";
import { selectTickets } from "./select-tickets.ts";
import { TICKET_FINDERS } from "./ticket-finders.ts";
import { toTicketJson } from "./ticket-json.ts";
import { toTicketRow } from "./ticket-row.ts";
import { TICKET_SORTS } from "./ticket-sort.ts";

/**
 * The tickets that the filters mean and, with `viewId`, those of the saved view among them. Refuses as `not_found` a view that
 * the caller does not see.
 */
export async function listTickets(ctx: RequestContext, query: ListTicketsQuery): Promise<Page<ListedTicketJson>> {
  const tenantId = authorize(ctx, "tickets.read");
  const { limit, cursor, sort: sortName, viewId, fields, include, ...filter } = query;
  const sort = TICKET_SORTS[sortName];
  const key = readCursor(cursor, sort.key);
  const filters = viewId === undefined ? [filter] : [await readViewFilter(ctx, tenantId, viewId), filter];
  if (filters.some(({ search }) => search !== undefined)) await refreshIndex(ctx, tenantId);
  const { statement, values } = selectTickets(filters, askerOf(ctx, tenantId), { sort, key, limit: rowsToRead(limit) });
  const sql = ctx.database.tenantSql(tenantId);
  const rows = await sql.rows(statement, values);
  const { data, page } = mapPage(cutPage(rows.map(toTicketRow), limit, sort.keyOf), toTicketJson);
  const hasAttributes = fields?.includes("attributes") ?? true;
  const tickets = hasAttributes ? await withAllKnownAttributes(sql, tenantId, data) : data;
  return listItems(ctx, tenantId, { data: tickets, page }, { fields, include }, TICKET_FINDERS);
}
