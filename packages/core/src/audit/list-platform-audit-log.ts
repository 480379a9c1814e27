import { assertSuperAdmin, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { readPlatformEntries, toAuditEntryJson } from "./read-entries.ts";
import type { AuditEntryJson, ListAuditLogQuery } from "./schemas.ts";

/** Who changed what that belongs to no tenant, newest first. For SUPER_ADMINs. */
export async function listPlatformAuditLog(
  ctx: RequestContext,
  query: ListAuditLogQuery,
): Promise<Page<AuditEntryJson>> {
  assertSuperAdmin(ctx.actor);
  const { limit, cursor, ...filters } = query;
  const [before] = readCursor(cursor, idKey) ?? [];
  const rows = await ctx.database.withSystem((tx) =>
    readPlatformEntries(tx, filters, { before, take: rowsToRead(limit) }),
  );
  return mapPage(
    cutPage(rows, limit, (entry) => [entry.id]),
    toAuditEntryJson,
  );
}
