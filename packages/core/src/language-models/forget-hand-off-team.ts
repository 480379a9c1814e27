import type { Tx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { touchRules } from "../rule-revisions/index.ts";

/** Takes a team that is about to be deleted, and is locked, out of the settings: what rules hand off goes to no team then. */
export async function forgetHandOffTeam(
  ctx: Pick<SystemContext, "clock">,
  tx: Tx,
  tenantId: string,
  teamId: string,
): Promise<void> {
  const { count } = await tx.aiSettings.updateMany({
    where: { tenantId, handOffTeamId: teamId },
    data: { handOffTeamId: null, version: { increment: 1 }, updatedAt: ctx.clock.now() },
  });
  if (count > 0) await touchRules(tx, tenantId);
}
