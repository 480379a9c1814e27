import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { readEntries, toAuditEntryJson } from "./read-entries.ts";
import type { AuditEntryJson, ListAuditLogQuery } from "./schemas.ts";

/** Who changed what, newest first. */
export async function listAuditLog(ctx: RequestContext, query: ListAuditLogQuery): Promise<Page<AuditEntryJson>> {
  const tenantId = authorize(ctx, "audit.read");
  const { limit, cursor, ...filters } = query;
  const [before] = readCursor(cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    readEntries(tx, tenantId, filters, { before, take: rowsToRead(limit) }),
  );
  return mapPage(
    cutPage(rows, limit, (entry) => [entry.id]),
    toAuditEntryJson,
  );
}
