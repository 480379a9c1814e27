import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { reviseSla } from "../sla-clocks/index.ts";
import { readLockedPolicy } from "./policy-json.ts";

/** Promises it no more. What was met or missed by it stays in reports. */
export async function deleteSlaPolicy(ctx: RequestContext, { id }: { id: string }): Promise<void> {
  const tenantId = authorize(ctx, "sla.manage");
  await ctx.database.withTenant(tenantId, async (tx) => {
    const before = await readLockedPolicy(tx, tenantId, id);
    await tx.slaPolicy.delete({ where: { tenantId_id: { tenantId, id } } });
    await reviseSla(ctx, tx, tenantId);
    const subject = { type: "sla_policy", id };
    await recordAudit(ctx, tx, tenantId, { action: "sla_policy.deleted", subject, before });
  });
}
