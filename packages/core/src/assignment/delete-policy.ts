import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { readLockedPolicy, toPolicyJson } from "./policy-json.ts";

/** From now on people take these tickets themselves. What somebody was given stays with them. */
export async function deleteAssignmentPolicy(ctx: RequestContext, { id }: { id: string }): Promise<void> {
  const tenantId = authorize(ctx, "assignment.manage");
  await ctx.database.withTenant(tenantId, async (tx) => {
    const before = await readLockedPolicy(tx, tenantId, id);
    await tx.assignmentPolicy.delete({ where: { tenantId_id: { tenantId, id } } });
    await recordAudit(ctx, tx, tenantId, {
      action: "assignment_policy.deleted",
      subject: { type: "assignment_policy", id },
      before: toPolicyJson(before),
    });
  });
}
