import { isUniqueViolation } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { assertTeam } from "../tickets/index.ts";
import { readLockedPolicy, scopeTaken, toPolicyJson } from "./policy-json.ts";
import type { AssignmentPolicyJson, ChangeAssignmentPolicyInput } from "./schemas.ts";

/**
 * Changes what is given; tickets that somebody has stay with them. `validation_failed`: there is no such team, or a team's
 * own policy would be nobody's; `conflict`: that team has a policy.
 */
export async function changeAssignmentPolicy(
  ctx: RequestContext,
  input: ChangeAssignmentPolicyInput & { id: string },
): Promise<AssignmentPolicyJson> {
  const tenantId = authorize(ctx, "assignment.manage");
  const { id, ...change } = input;
  try {
    return await ctx.database.withTenant(tenantId, async (tx) => {
      const before = await readLockedPolicy(tx, tenantId, id);
      if (change.teamId === null && before.inboxId === null) throw keepsTeam();
      if (change.teamId) await assertTeam(tx, tenantId, change.teamId);
      const changed = await tx.assignmentPolicy.update({
        where: { tenantId_id: { tenantId, id } },
        data: { ...change, updatedAt: ctx.clock.now() },
      });
      const after = toPolicyJson(changed);
      await recordAudit(ctx, tx, tenantId, {
        action: "assignment_policy.changed",
        subject: { type: "assignment_policy", id },
        before: toPolicyJson(before),
        after,
      });
      return after;
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw scopeTaken();
    throw error;
  }
}

function keepsTeam(): DomainError {
  const message = "must name a team: the policy is of no inbox";
  return new DomainError("validation_failed", `teamId ${message}.`, { fields: [{ path: "teamId", message }] });
}
