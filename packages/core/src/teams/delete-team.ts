import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { forgetHandOffTeam } from "../language-models/index.ts";
import { releaseTickets } from "../tickets/index.ts";
import { readLockedTeam } from "./team-json.ts";

/** Deletes a team with its assignment policies; its members leave it, and its tickets become nobody's team's. */
export async function deleteTeam(ctx: RequestContext, { id }: { id: string }): Promise<void> {
  const tenantId = authorize(ctx, "teams.manage");
  await ctx.database.withTenant(tenantId, async (tx) => {
    // Whoever assigns tickets by policies locks those before conversations, and would otherwise wait for us as we for them.
    await tx.$executeRaw`
      select from assignment_policy where tenant_id = ${tenantId}::uuid order by id for update`;
    const before = await readLockedTeam(tx, tenantId, id);
    // The team is locked: nothing can be given to it any more.
    await releaseTickets(ctx, tx, { tenantId, holder: "teamId", id, because: "team_deleted" });
    await forgetHandOffTeam(ctx, tx, tenantId, id);
    await tx.team.delete({ where: { tenantId_id: { tenantId, id } } });
    await recordAudit(ctx, tx, tenantId, {
      action: "team.deleted",
      subject: { type: "team", id },
      before,
    });
  });
}
