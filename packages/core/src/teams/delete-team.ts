import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { readLockedTeam } from "./team-json.ts";

/** Deletes a team; its members leave it. */
export async function deleteTeam(ctx: RequestContext, { id }: { id: string }): Promise<void> {
  const tenantId = authorize(ctx, "teams.manage");
  await ctx.database.withTenant(tenantId, async (tx) => {
    const before = await readLockedTeam(tx, tenantId, id);
    await tx.team.delete({ where: { tenantId_id: { tenantId, id } } });
    await recordAudit(ctx, tx, tenantId, {
      action: "team.deleted",
      subject: { type: "team", id },
      before,
    });
  });
}
