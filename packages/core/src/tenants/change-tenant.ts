import type { Tx } from "@parley/db";
import { recordAudit } from "../audit/index.ts";
import { followTenantPlan } from "../billing-plans/index.ts";
import { assertSuperAdmin, type RequestContext } from "../context/index.ts";
import { enqueueWaiting } from "../inboxes/index.ts";
import { reviseSla } from "../sla-clocks/index.ts";
import { lockTenant } from "./lock-tenant.ts";
import { maySend } from "./may-send.ts";
import type { ChangeTenantInput, TenantJson } from "./schemas.ts";
import { toTenantJson } from "./tenant-json.ts";

/**
 * Changes what is given of any company. When one that was SUSPENDED or CLOSED may send again, what has waited in its
 * active inboxes is sent.
 */
export async function changeTenant(
  ctx: RequestContext,
  input: ChangeTenantInput & { id: string },
): Promise<TenantJson> {
  assertSuperAdmin(ctx.actor);
  const { id } = input;
  return ctx.database.withSystem(async (tx) => {
    const tenant = await lockTenant(tx, id);
    const before = toTenantJson(tenant);
    const { name = tenant.name, status = tenant.status, plan = tenant.plan } = input;
    const after = toTenantJson({ ...tenant, name, status, plan });
    if (JSON.stringify(after) === JSON.stringify(before)) return before;
    await tx.tenant.update({ where: { id }, data: { name, status, plan, updatedAt: ctx.clock.now() } });
    if (plan !== tenant.plan) {
      await reviseSla(ctx, tx, id);
      await followTenantPlan(ctx, tx, { tenantId: id, plan });
    }
    await recordAudit(ctx, tx, id, { action: "tenant.changed", subject: { type: "tenant", id }, before, after });
    if (!maySend(tenant.status) && maySend(status)) await sendWaiting(ctx, tx, id);
    return after;
  });
}

async function sendWaiting(ctx: RequestContext, tx: Tx, tenantId: string): Promise<void> {
  const inboxes = await tx.inbox.findMany({ where: { tenantId, status: "ACTIVE" }, select: { id: true } });
  await enqueueWaiting(ctx, tx, { tenantId, inboxIds: inboxes.map(({ id }) => id) });
}
