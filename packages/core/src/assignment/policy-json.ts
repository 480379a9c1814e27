import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { toJsonEnum } from "../json/index.ts";
import type { AssignmentPolicyJson } from "./schemas.ts";

type PolicyRow = Prisma.AssignmentPolicyGetPayload<object>;

export function toPolicyJson(policy: PolicyRow): AssignmentPolicyJson {
  const { id, inboxId, teamId, isSticky, bySkills } = policy;
  return {
    id,
    inboxId,
    teamId,
    method: toJsonEnum(policy.method),
    isSticky,
    bySkills,
    createdAt: policy.createdAt.toISOString(),
    updatedAt: policy.updatedAt.toISOString(),
  };
}

/** The policy, locked until the transaction ends: nothing is assigned by it meanwhile. */
export async function readLockedPolicy(tx: Tx, tenantId: string, id: string): Promise<PolicyRow> {
  await tx.$executeRaw`
    select from assignment_policy where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for update`;
  const policy = await tx.assignmentPolicy.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!policy) throw noSuchPolicy();
  return policy;
}

export function noSuchPolicy(): DomainError {
  return new DomainError("not_found", "There is no assignment policy with this id.");
}

export function scopeTaken(): DomainError {
  return new DomainError("conflict", "The inbox, or the team, has an assignment policy already; change that one.");
}
