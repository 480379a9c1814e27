import { assertSuperAdmin, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { noSuchTenant } from "../tenants/index.ts";
import { toRebuildJson } from "./rebuild-json.ts";
import type { ListRebuildsQuery, RebuildJson } from "./schemas.ts";

/** What was computed anew of a company, and how far that is. Newest first; ids are time-ordered. Relies on rebuild_pkey. */
export async function listRebuilds(
  ctx: RequestContext,
  { id: tenantId, limit, cursor }: ListRebuildsQuery & { id: string },
): Promise<Page<RebuildJson>> {
  assertSuperAdmin(ctx.actor);
  const [before] = readCursor(cursor, idKey) ?? [];
  const rows = await ctx.database.withSystem(async (tx) => {
    if ((await tx.tenant.count({ where: { id: tenantId } })) === 0) throw noSuchTenant();
    return tx.rebuild.findMany({
      where: { tenantId, ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: "desc" },
      take: rowsToRead(limit),
    });
  });
  return mapPage(
    cutPage(rows, limit, (row) => [row.id]),
    toRebuildJson,
  );
}
