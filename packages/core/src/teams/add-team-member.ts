import { isUniqueViolation, type Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import type { AddTeamMemberInput, TeamMemberJson } from "./schemas.ts";
import { teamMemberInclude, toAuditedMember, toTeamMemberJson } from "./team-member-json.ts";
import { assertMayStaff, holdTeam } from "./team-membership.ts";

/**
 * Puts a member of the tenant into a team; see `assertMayStaff` for who may. `validation_failed`: the user is no
 * member of the tenant. `conflict`: they are in the team already.
 */
export async function addTeamMember(
  ctx: RequestContext,
  input: AddTeamMemberInput & { teamId: string },
): Promise<TeamMemberJson> {
  const tenantId = authorize(ctx, "teams.read");
  const { teamId, userId, role = "MEMBER" } = input;
  try {
    return await ctx.database.withTenant(tenantId, (tx) =>
      once(ctx, tx, async () => {
        await holdTeam(tx, { tenantId, teamId });
        await assertMayStaff(ctx, tx, { tenantId, teamId }, [role]);
        await holdMembership(tx, tenantId, userId);
        const added = await tx.teamMembership.create({
          data: { tenantId, teamId, userId, role, createdAt: ctx.clock.now() },
          include: teamMemberInclude,
        });
        await recordAudit(ctx, tx, tenantId, {
          action: "team_member.added",
          subject: { type: "team", id: teamId },
          after: toAuditedMember(added),
        });
        return toTeamMemberJson(added);
      }),
    );
  } catch (error) {
    if (isUniqueViolation(error)) throw new DomainError("conflict", "This person is in the team already.");
    throw error;
  }
}

/** Makes sure that the user is a member of the tenant, and stays one until the transaction ends. */
async function holdMembership(tx: Tx, tenantId: string, userId: string): Promise<void> {
  const [membership] = await tx.$queryRaw<unknown[]>`
    select user_id from membership where tenant_id = ${tenantId}::uuid and user_id = ${userId}::uuid for key share`;
  if (membership !== undefined) return;
  const message = "is not a member of this company";
  throw new DomainError("validation_failed", `The user ${message}.`, { fields: [{ path: "userId", message }] });
}
