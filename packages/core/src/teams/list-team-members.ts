import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import type { ListTeamMembersQuery, TeamMemberJson } from "./schemas.ts";
import { noSuchTeam } from "./team-json.ts";
import { teamMemberInclude, toTeamMemberJson } from "./team-member-json.ts";

/** Whoever joined the platform last comes first: users' ids are time-ordered. Relies on team_membership_pkey. */
export async function listTeamMembers(
  ctx: RequestContext,
  query: ListTeamMembersQuery & { teamId: string },
): Promise<Page<TeamMemberJson>> {
  const tenantId = authorize(ctx, "teams.read");
  const { teamId, limit } = query;
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, async (tx) => {
    const team = await tx.team.findUnique({ where: { tenantId_id: { tenantId, id: teamId } }, select: { id: true } });
    if (!team) throw noSuchTeam();
    return tx.teamMembership.findMany({
      where: { tenantId, teamId, ...(before === undefined ? {} : { userId: { lt: before } }) },
      include: teamMemberInclude,
      orderBy: { userId: "desc" },
      take: rowsToRead(limit),
    });
  });
  return mapPage(
    cutPage(rows, limit, (member) => [member.userId]),
    toTeamMemberJson,
  );
}
