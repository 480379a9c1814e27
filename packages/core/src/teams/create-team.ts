import { isUniqueViolation } from "@parley/db";
import { newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import type { CreateTeamInput, TeamJson } from "./schemas.ts";
import { nameTaken, teamInclude, toTeamJson } from "./team-json.ts";

/** A team without members. A name that another team of the tenant has is a `conflict`. */
export async function createTeam(ctx: RequestContext, input: CreateTeamInput): Promise<TeamJson> {
  const tenantId = authorize(ctx, "teams.manage");
  const id = newId();
  try {
    return await ctx.database.withTenant(tenantId, (tx) =>
      once(ctx, tx, async () => {
        const now = ctx.clock.now();
        const data = { ...input, tenantId, id, createdAt: now, updatedAt: now };
        const team = toTeamJson(await tx.team.create({ data, include: teamInclude }));
        await recordAudit(ctx, tx, tenantId, {
          action: "team.created",
          subject: { type: "team", id },
          after: team,
        });
        return team;
      }),
    );
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken();
    throw error;
  }
}
