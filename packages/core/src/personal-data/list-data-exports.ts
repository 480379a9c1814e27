import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { toDataExportJson } from "./data-export-json.ts";
import type { DataExportJson, ListDataExportsQuery } from "./schemas.ts";

/** Newest first; ids are time-ordered. Relies on data_export_pkey, data_export_tenant_id_contact_id_idx. */
export async function listDataExports(
  ctx: RequestContext,
  { contactId, limit, cursor }: ListDataExportsQuery,
): Promise<Page<DataExportJson>> {
  const tenantId = authorize(ctx, "personal_data.export");
  const [before] = readCursor(cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.dataExport.findMany({
      where: { tenantId, ...(contactId && { contactId }), ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: "desc" },
      take: rowsToRead(limit),
    }),
  );
  return mapPage(
    cutPage(rows, limit, (row) => [row.id]),
    toDataExportJson,
  );
}
