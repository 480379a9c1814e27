import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { countBelongings } from "./count-belongings.ts";
import { lockTenant } from "./lock-tenant.ts";
import type { CurrentTenantJson, RenameTenantInput } from "./schemas.ts";
import { toTenantJson } from "./tenant-json.ts";

/** Renames the company that the request works in. Its slug stays: it may stand in links. */
export async function renameTenant(ctx: RequestContext, { name }: RenameTenantInput): Promise<CurrentTenantJson> {
  const tenantId = authorize(ctx, "tenant.change");
  return ctx.database.withTenant(tenantId, async (tx) => {
    const tenant = await lockTenant(tx, tenantId);
    const before = toTenantJson(tenant);
    const after = { ...before, name };
    if (name !== before.name) {
      await tx.tenant.update({ where: { id: tenantId }, data: { name, updatedAt: ctx.clock.now() } });
      const subject = { type: "tenant", id: tenantId };
      await recordAudit(ctx, tx, tenantId, { action: "tenant.changed", subject, before, after });
    }
    return { ...after, counts: await countBelongings(tx, tenantId) };
  });
}
