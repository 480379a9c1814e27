import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { contactMatches } from "../search/index.ts";
import { contactInclude, toContactJson } from "./contact-json.ts";
import type { ContactJson, ListContactsQuery } from "./schemas.ts";

/** Newest first; ids are time-ordered. */
export async function listContacts(ctx: RequestContext, query: ListContactsQuery): Promise<Page<ContactJson>> {
  const tenantId = authorize(ctx, "contacts.read");
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.contact.findMany({
      where: {
        tenantId,
        ...(before === undefined ? {} : { id: { lt: before } }),
        ...(query.search === undefined ? {} : contactMatches(query.search)),
      },
      include: contactInclude,
      orderBy: { id: "desc" },
      take: rowsToRead(query.limit),
    }),
  );
  return mapPage(
    cutPage(rows, query.limit, (contact) => [contact.id]),
    toContactJson,
  );
}
