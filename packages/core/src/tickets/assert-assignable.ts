import { sqlOf, statement, together, type AnyTx } from "@parley/db";
import { DomainError } from "@parley/runtime";

// membership_pkey
const HOLD_MEMBER = statement<object>(
  "ticket_hold_member",
  "select user_id from membership where tenant_id = $1 and user_id = $2 for key share",
);
// team_pkey
const HOLD_TEAM = statement<object>(
  "ticket_hold_team",
  "select id from team where tenant_id = $1 and id = $2 for key share",
);

/**
 * Holds the member and the team whom something is to be assigned to, if they are there, before any conversation or
 * ticket is locked: whoever removes them locks them first and then what they have.
 */
export async function holdAssignable(
  tx: AnyTx,
  tenantId: string,
  { assigneeId, teamId }: { assigneeId?: string | null | undefined; teamId?: string | null | undefined },
): Promise<void> {
  const sql = sqlOf(tx);
  await together([
    assigneeId ? sql.rows(HOLD_MEMBER, [tenantId, assigneeId]) : [],
    teamId ? sql.rows(HOLD_TEAM, [tenantId, teamId]) : [],
  ]);
}

/** Whoever is removed in the same moment is waited for, or waits for this. */
export async function assertMember(tx: AnyTx, tenantId: string, userId: string): Promise<void> {
  const members = await sqlOf(tx).rows(HOLD_MEMBER, [tenantId, userId]);
  if (members.length > 0) return;
  const message = "is not a member of this company";
  throw new DomainError("validation_failed", `The assignee ${message}.`, { fields: [{ path: "assigneeId", message }] });
}

/** A team that is deleted in the same moment is waited for, or waits for this. */
export async function assertTeam(tx: AnyTx, tenantId: string, teamId: string): Promise<void> {
  const teams = await sqlOf(tx).rows(HOLD_TEAM, [tenantId, teamId]);
  if (teams.length > 0) return;
  const message = "is not a team of this company";
  throw new DomainError("validation_failed", `The team ${message}.`, { fields: [{ path: "teamId", message }] });
}
