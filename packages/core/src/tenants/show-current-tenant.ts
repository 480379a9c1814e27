import { authorize, type RequestContext } from "../context/index.ts";
import { countBelongings } from "./count-belongings.ts";
import type { CurrentTenantJson } from "./schemas.ts";
import { noSuchTenant, toTenantJson } from "./tenant-json.ts";

/** The company that the request works in, and how much it has. */
export async function showCurrentTenant(ctx: RequestContext): Promise<CurrentTenantJson> {
  const tenantId = authorize(ctx, "tenant.read");
  return ctx.database.withTenant(tenantId, async (tx) => {
    const tenant = await tx.tenant.findUnique({ where: { id: tenantId } });
    if (!tenant) throw noSuchTenant();
    return { ...toTenantJson(tenant), counts: await countBelongings(tx, tenantId) };
  });
}
