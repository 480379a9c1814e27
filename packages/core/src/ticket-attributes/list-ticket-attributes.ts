import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { toTicketAttributeJson } from "./attribute-json.ts";
import type { ListTicketAttributesQuery, TicketAttributeJson } from "./schemas.ts";

/** Newest first; ids are time-ordered. */
export async function listTicketAttributes(
  ctx: RequestContext,
  query: ListTicketAttributesQuery,
): Promise<Page<TicketAttributeJson>> {
  const tenantId = authorize(ctx, "ticket_attributes.read");
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.ticketAttribute.findMany({
      where: { tenantId, ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: "desc" },
      take: rowsToRead(query.limit),
    }),
  );
  return mapPage(
    cutPage(rows, query.limit, (attribute) => [attribute.id]),
    toTicketAttributeJson,
  );
}
