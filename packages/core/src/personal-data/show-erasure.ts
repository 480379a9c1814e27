import { authorize, type RequestContext } from "../context/index.ts";
import { noSuchErasure, toErasureJson } from "./erasure-row.ts";
import type { ErasureJson } from "./schemas.ts";

/** How far an erasure is; once it is done, its certificate. */
export async function showErasure(ctx: RequestContext, { id }: { id: string }): Promise<ErasureJson> {
  const tenantId = authorize(ctx, "personal_data.erase");
  const row = await ctx.database.withTenant(tenantId, (tx) =>
    tx.contactErasure.findUnique({ where: { tenantId_id: { tenantId, id } } }),
  );
  if (!row) throw noSuchErasure();
  return toErasureJson(row);
}
