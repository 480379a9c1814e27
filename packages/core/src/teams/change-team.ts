import { isUniqueViolation } from "@parley/db";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import type { ChangeTeamInput, TeamJson } from "./schemas.ts";
import { nameTaken, readLockedTeam, teamInclude, toTeamJson } from "./team-json.ts";

/** Changes what is given. A name that another team of the tenant has is a `conflict`. */
export async function changeTeam(ctx: RequestContext, input: ChangeTeamInput & { id: string }): Promise<TeamJson> {
  const tenantId = authorize(ctx, "teams.manage");
  const { id, ...change } = input;
  try {
    return await ctx.database.withTenant(tenantId, async (tx) => {
      const before = await readLockedTeam(tx, tenantId, id);
      const changed = await tx.team.update({
        where: { tenantId_id: { tenantId, id } },
        data: { ...change, updatedAt: ctx.clock.now() },
        include: teamInclude,
      });
      const after = toTeamJson(changed);
      await recordAudit(ctx, tx, tenantId, {
        action: "team.changed",
        subject: { type: "team", id },
        before,
        after,
      });
      return after;
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken();
    throw error;
  }
}
