import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { toInboxJson } from "./inbox-json.ts";
import type { InboxJson, ListInboxesQuery } from "./schemas.ts";

/** Newest first; ids are time-ordered. */
export async function listInboxes(ctx: RequestContext, query: ListInboxesQuery): Promise<Page<InboxJson>> {
  const tenantId = authorize(ctx, "inboxes.read");
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.inbox.findMany({
      where: { tenantId, ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: "desc" },
      take: rowsToRead(query.limit),
    }),
  );
  return mapPage(
    cutPage(rows, query.limit, (inbox) => [inbox.id]),
    toInboxJson,
  );
}
