import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import type { ListViewsQuery, ViewJson } from "./schemas.ts";
import { toViewJson } from "./view-json.ts";
import { visibleViews } from "./visible-views.ts";

/** One's own and those that are shared, newest first; ids are time-ordered. */
export async function listViews(ctx: RequestContext, query: ListViewsQuery): Promise<Page<ViewJson>> {
  const tenantId = authorize(ctx, "views.read");
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.savedView.findMany({
      where: { ...visibleViews(ctx, tenantId), ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: "desc" },
      take: rowsToRead(query.limit),
    }),
  );
  return mapPage(
    cutPage(rows, query.limit, (view) => [view.id]),
    toViewJson,
  );
}
