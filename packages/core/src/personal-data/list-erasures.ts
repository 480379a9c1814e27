import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { toErasureJson } from "./erasure-row.ts";
import type { ErasureJson, ListErasuresQuery } from "./schemas.ts";

/** Newest first; ids are time-ordered. Relies on contact_erasure_pkey, contact_erasure_tenant_id_contact_id_key. */
export async function listErasures(
  ctx: RequestContext,
  { contactId, limit, cursor }: ListErasuresQuery,
): Promise<Page<ErasureJson>> {
  const tenantId = authorize(ctx, "personal_data.erase");
  const [before] = readCursor(cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.contactErasure.findMany({
      where: { tenantId, ...(contactId && { contactId }), ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: "desc" },
      take: rowsToRead(limit),
    }),
  );
  return mapPage(
    cutPage(rows, limit, (row) => [row.id]),
    toErasureJson,
  );
}
