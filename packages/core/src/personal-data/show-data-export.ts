import { authorize, type RequestContext } from "../context/index.ts";
import { noSuchExport, toDataExportJson } from "./data-export-json.ts";
import type { DataExportJson } from "./schemas.ts";

export async function showDataExport(ctx: RequestContext, { id }: { id: string }): Promise<DataExportJson> {
  const tenantId = authorize(ctx, "personal_data.export");
  const row = await ctx.database.withTenant(tenantId, (tx) =>
    tx.dataExport.findUnique({ where: { tenantId_id: { tenantId, id } } }),
  );
  if (!row) throw noSuchExport();
  return toDataExportJson(row);
}
