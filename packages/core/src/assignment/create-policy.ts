import { isUniqueViolation, type Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { assertTeam } from "../tickets/index.ts";
import { scopeTaken, toPolicyJson } from "./policy-json.ts";
import type { AssignmentPolicyJson, CreateAssignmentPolicyInput } from "./schemas.ts";

/**
 * Says who gets the tickets of an inbox, or of a team. `conflict`: that has a policy; `validation_failed`: there is no such
 * inbox or team. What waits already is found by the next reconciliation.
 */
export async function createAssignmentPolicy(
  ctx: RequestContext,
  input: CreateAssignmentPolicyInput,
): Promise<AssignmentPolicyJson> {
  const tenantId = authorize(ctx, "assignment.manage");
  const { inboxId, teamId, isSticky = false, bySkills = false, method } = input;
  const id = newId();
  try {
    return await ctx.database.withTenant(tenantId, (tx) =>
      once(ctx, tx, async () => {
        if (inboxId !== undefined) await assertInbox(tx, tenantId, inboxId);
        if (teamId !== undefined) await assertTeam(tx, tenantId, teamId);
        const now = ctx.clock.now();
        const data = { tenantId, id, inboxId, teamId, method, isSticky, bySkills, createdAt: now, updatedAt: now };
        const policy = toPolicyJson(await tx.assignmentPolicy.create({ data }));
        await recordAudit(ctx, tx, tenantId, {
          action: "assignment_policy.created",
          subject: { type: "assignment_policy", id },
          after: policy,
        });
        return policy;
      }),
    );
  } catch (error) {
    if (isUniqueViolation(error)) throw scopeTaken();
    throw error;
  }
}

/** An inbox that is deleted in the same moment is waited for, or waits for this. */
async function assertInbox(tx: Tx, tenantId: string, inboxId: string): Promise<void> {
  const inboxes = await tx.$queryRaw<object[]>`
    select id from inbox where tenant_id = ${tenantId}::uuid and id = ${inboxId}::uuid for key share`;
  if (inboxes.length > 0) return;
  const message = "is not an inbox of this company";
  throw new DomainError("validation_failed", `The inbox ${message}.`, { fields: [{ path: "inboxId", message }] });
}
