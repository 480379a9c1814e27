import { authorize, type RequestContext } from "../context/index.ts";
import { noSuchTenant } from "../tenants/index.ts";
import type { SettingsJson } from "./schemas.ts";
import { toSettingsJson } from "./settings-json.ts";

/** How the company of the request works. */
export async function showSettings(ctx: RequestContext): Promise<SettingsJson> {
  const tenantId = authorize(ctx, "settings.read");
  const tenant = await ctx.database.withTenant(tenantId, (tx) => tx.tenant.findUnique({ where: { id: tenantId } }));
  if (!tenant) throw noSuchTenant();
  return toSettingsJson(tenant);
}
