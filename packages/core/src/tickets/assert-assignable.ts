import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";

/**
 * Holds the member and the team whom something is to be assigned to, if they are there, before any conversation or
 * ticket is locked: whoever removes them locks them first and then what they have.
 */
export async function holdAssignable(
  tx: Tx,
  tenantId: string,
  { assigneeId, teamId }: { assigneeId?: string | null | undefined; teamId?: string | null | undefined },
): Promise<void> {
  if (assigneeId) await holdMember(tx, tenantId, assigneeId);
  if (teamId) await holdTeam(tx, tenantId, teamId);
}

function holdMember(tx: Tx, tenantId: string, userId: string): Promise<object[]> {
  return tx.$queryRaw<object[]>`
    select user_id from membership where tenant_id = ${tenantId}::uuid and user_id = ${userId}::uuid for key share`;
}

function holdTeam(tx: Tx, tenantId: string, teamId: string): Promise<object[]> {
  return tx.$queryRaw<object[]>`
    select id from team where tenant_id = ${tenantId}::uuid and id = ${teamId}::uuid for key share`;
}

/** Whoever is removed in the same moment is waited for, or waits for this. */
export async function assertMember(tx: Tx, tenantId: string, userId: string): Promise<void> {
  const members = await holdMember(tx, tenantId, userId);
  if (members.length > 0) return;
  const message = "is not a member of this company";
  throw new DomainError("validation_failed", `The assignee ${message}.`, { fields: [{ path: "assigneeId", message }] });
}

/** A team that is deleted in the same moment is waited for, or waits for this. */
export async function assertTeam(tx: Tx, tenantId: string, teamId: string): Promise<void> {
  const teams = await holdTeam(tx, tenantId, teamId);
  if (teams.length > 0) return;
  const message = "is not a team of this company";
  throw new DomainError("validation_failed", `The team ${message}.`, { fields: [{ path: "teamId", message }] });
}
