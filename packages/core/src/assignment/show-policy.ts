import { authorize, type RequestContext } from "../context/index.ts";
import { noSuchPolicy, toPolicyJson } from "./policy-json.ts";
import type { AssignmentPolicyJson } from "./schemas.ts";

export async function showAssignmentPolicy(ctx: RequestContext, { id }: { id: string }): Promise<AssignmentPolicyJson> {
  const tenantId = authorize(ctx, "assignment.read");
  return ctx.database.withTenant(tenantId, async (tx) => {
    const policy = await tx.assignmentPolicy.findUnique({ where: { tenantId_id: { tenantId, id } } });
    if (!policy) throw noSuchPolicy();
    return toPolicyJson(policy);
  });
}
