import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { toAuditedMember } from "./team-member-json.ts";
import { assertMayStaff, holdTeam, lockTeamMember } from "./team-membership.ts";

/** Takes somebody out of a team, not out of the company; see `assertMayStaff` for who may. */
export async function removeTeamMember(ctx: RequestContext, input: { teamId: string; userId: string }): Promise<void> {
  const tenantId = authorize(ctx, "teams.read");
  const key = { ...input, tenantId };
  await ctx.database.withTenant(tenantId, async (tx) => {
    await holdTeam(tx, key);
    const member = await lockTeamMember(tx, key);
    await assertMayStaff(ctx, tx, key, [member.role]);
    await tx.teamMembership.delete({ where: { tenantId_teamId_userId: key } });
    await recordAudit(ctx, tx, tenantId, {
      action: "team_member.removed",
      subject: { type: "team", id: input.teamId },
      before: toAuditedMember(member),
    });
  });
}
