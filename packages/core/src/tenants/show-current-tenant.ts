import { DomainError } from "@parley/runtime";
import { authorize, type RequestContext } from "../context/index.ts";
import type { TenantJson } from "./schemas.ts";
import { toTenantJson } from "./tenant-json.ts";

/** The company that the request works in. */
export async function showCurrentTenant(ctx: RequestContext): Promise<TenantJson> {
  const tenantId = authorize(ctx, "tenant.read");
  const tenant = await ctx.database.withTenant(tenantId, (tx) => tx.tenant.findUnique({ where: { id: tenantId } }));
  if (!tenant) throw new DomainError("not_found", "This company no longer exists.");
  return toTenantJson(tenant);
}
