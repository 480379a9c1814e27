import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import type { ChangeTeamMemberInput, TeamMemberJson } from "./schemas.ts";
import { teamMemberInclude, toAuditedMember, toTeamMemberJson } from "./team-member-json.ts";
import { assertMayStaff, holdTeam, lockTeamMember } from "./team-membership.ts";

/** Makes a member of a team its lead, or a lead a member; see `assertMayStaff` for who may. */
export async function changeTeamMember(
  ctx: RequestContext,
  input: ChangeTeamMemberInput & { teamId: string; userId: string },
): Promise<TeamMemberJson> {
  const tenantId = authorize(ctx, "teams.read");
  const { teamId, userId, role } = input;
  const key = { tenantId, teamId, userId };
  return ctx.database.withTenant(tenantId, async (tx) => {
    await holdTeam(tx, key);
    const member = await lockTeamMember(tx, key);
    await assertMayStaff(ctx, tx, key, [member.role, role]);
    if (member.role === role) return toTeamMemberJson(member);
    const changed = await tx.teamMembership.update({
      where: { tenantId_teamId_userId: key },
      data: { role },
      include: teamMemberInclude,
    });
    await recordAudit(ctx, tx, tenantId, {
      action: "team_member.changed",
      subject: { type: "team", id: teamId },
      before: toAuditedMember(member),
      after: toAuditedMember(changed),
    });
    return toTeamMemberJson(changed);
  });
}
