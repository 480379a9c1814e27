import { authorize, type RequestContext } from "../context/index.ts";
import type { TeamJson } from "./schemas.ts";
import { readTeam } from "./team-json.ts";

export async function showTeam(ctx: RequestContext, { id }: { id: string }): Promise<TeamJson> {
  const tenantId = authorize(ctx, "teams.read");
  return ctx.database.withTenant(tenantId, (tx) => readTeam(tx, tenantId, id));
}
