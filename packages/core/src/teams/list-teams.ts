import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { containsText } from "../search/index.ts";
import type { ListTeamsQuery, TeamJson } from "./schemas.ts";
import { teamInclude, toTeamJson } from "./team-json.ts";

/** Newest first; ids are time-ordered. */
export async function listTeams(ctx: RequestContext, query: ListTeamsQuery): Promise<Page<TeamJson>> {
  const tenantId = authorize(ctx, "teams.read");
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.team.findMany({
      where: {
        tenantId,
        ...(query.search === undefined ? {} : { name: containsText(query.search) }),
        ...(before === undefined ? {} : { id: { lt: before } }),
      },
      include: teamInclude,
      orderBy: { id: "desc" },
      take: rowsToRead(query.limit),
    }),
  );
  return mapPage(
    cutPage(rows, query.limit, (team) => [team.id]),
    toTeamJson,
  );
}
