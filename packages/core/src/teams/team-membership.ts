import type { TeamRole, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { isAllowed, type RequestContext } from "../context/index.ts";
import { noSuchTeam } from "./team-json.ts";
import { noSuchTeamMember, teamMemberInclude, type TeamMemberRow } from "./team-member-json.ts";

export interface TeamKey {
  tenantId: string;
  teamId: string;
}

/** Makes sure that there is the team, and that it stays until the transaction ends. */
export async function holdTeam(tx: Tx, { tenantId, teamId }: TeamKey): Promise<void> {
  const [team] = await tx.$queryRaw<unknown[]>`
    select id from team where tenant_id = ${tenantId}::uuid and id = ${teamId}::uuid for key share`;
  if (team === undefined) throw noSuchTeam();
}

/** Whoever is in the team under this id, locked until the transaction ends. */
export async function lockTeamMember(tx: Tx, key: TeamKey & { userId: string }): Promise<TeamMemberRow> {
  const { tenantId, teamId, userId } = key;
  await tx.$executeRaw`
    select from team_membership
     where tenant_id = ${tenantId}::uuid and team_id = ${teamId}::uuid and user_id = ${userId}::uuid
       for update`;
  const member = await tx.teamMembership.findUnique({
    where: { tenantId_teamId_userId: key },
    include: teamMemberInclude,
  });
  if (!member) throw noSuchTeamMember();
  return member;
}

/**
 * Who says who is in a team: whoever holds teams.manage, and the team's own leads, whatever their role in the company.
 * A lead adds and removes members, and no more: nobody becomes a lead, or stops being one, through a lead, and so
 * a lead does not leave by themselves either. `roles` are those that the person concerned has now or would get.
 * The routes therefore name teams.read, which everybody holds, and the verbs ask here.
 */
export async function assertMayStaff(
  ctx: RequestContext,
  tx: Tx,
  { tenantId, teamId }: TeamKey,
  roles: readonly TeamRole[],
): Promise<void> {
  if (isAllowed(ctx.actor, "teams.manage")) return;
  if (!(await isLead(ctx, tx, { tenantId, teamId }))) {
    throw new DomainError("forbidden", "Only the team's leads and managers may say who is in it; ask one of them.");
  }
  if (roles.includes("LEAD")) {
    throw new DomainError("forbidden", "A team's lead manages its members only; ask a manager about its leads.");
  }
}

async function isLead({ actor }: RequestContext, tx: Tx, { tenantId, teamId }: TeamKey): Promise<boolean> {
  if (actor.type !== "user") return false;
  const own = await tx.teamMembership.findUnique({
    where: { tenantId_teamId_userId: { tenantId, teamId, userId: actor.userId } },
    select: { role: true },
  });
  return own?.role === "LEAD";
}
