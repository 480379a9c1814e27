import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { toContactImportJson } from "./import-json.ts";
import type { ContactImportJson, ListContactImportsQuery } from "./schemas.ts";

/** Newest first; ids are time-ordered. Relies on contact_import_pkey. Files that are still arriving are none yet. */
export async function listContactImports(
  ctx: RequestContext,
  { status, limit, cursor }: ListContactImportsQuery,
): Promise<Page<ContactImportJson>> {
  const tenantId = authorize(ctx, "contacts.import");
  const [before] = readCursor(cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.contactImport.findMany({
      where: {
        tenantId,
        status: { not: "UPLOADING", ...(status && { equals: status }) },
        ...(before === undefined ? {} : { id: { lt: before } }),
      },
      orderBy: { id: "desc" },
      take: rowsToRead(limit),
    }),
  );
  return mapPage(
    cutPage(rows, limit, (row) => [row.id]),
    toContactImportJson,
  );
}
