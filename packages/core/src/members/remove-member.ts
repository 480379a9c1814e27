import { recordAudit } from "../audit/index.ts";
import { revokeKeysOf } from "../api-keys/index.ts";
import { actorIdOf, assertAllowed, authorize, authorizeAnew, type RequestContext } from "../context/index.ts";
import { releaseTickets } from "../tickets/index.ts";
import { handOverSegments } from "../segments/index.ts";
import { handOverViews } from "../views/index.ts";
import { findHeir } from "./find-heir.ts";
import { assertNotLastOwner, holdOffAssigning, lockMember } from "./lock-member.ts";
import { readMember } from "./member-json.ts";
import { assertNotAbove } from "./rank.ts";
import type { RemoveMemberQuery } from "./schemas.ts";

/**
 * Ends a membership; the person stays, and so do their other memberships. What was assigned to them is assigned to
 * nobody, what they share is handed over, they leave their teams, and their sessions in the tenant end. The API keys that
 * they have made belong to the company and work on, unless `revokeKeys`. `forbidden`: somebody above oneself. `conflict`:
 * the last owner, whoever asks. As the system role, because sessions belong to the person; every condition names the tenant.
 */
export async function removeMember(
  ctx: RequestContext,
  { id: userId, revokeKeys = false }: RemoveMemberQuery & { id: string },
): Promise<void> {
  const tenantId = authorize(ctx, "members.manage");
  await ctx.database.withSystem(async (tx) => {
    const member = await lockMember(tx, tenantId, userId, actorIdOf(ctx.actor));
    const actor = await authorizeAnew(ctx, tx, "members.manage");
    assertNotAbove(actor, member);
    if (revokeKeys) assertAllowed(actor, "api_keys.manage");
    await assertNotLastOwner(tx, member);
    const before = await readMember(tx, tenantId, userId);
    await holdOffAssigning(tx, member);
    await releaseTickets(ctx, tx, { tenantId, holder: "assigneeId", id: userId, because: "member_removed" });
    const heirId = await findHeir(ctx, tx, { tenantId, userId });
    if (heirId !== undefined) {
      await handOverViews(ctx, tx, { tenantId, userId, heirId });
      await handOverSegments(ctx, tx, { tenantId, userId, heirId });
    }
    await tx.session.updateMany({
      where: { userId, tenantId, revokedAt: null },
      data: { revokedAt: ctx.clock.now() },
    });
    if (revokeKeys) await revokeKeysOf(ctx, tx, { tenantId, userId });
    await tx.membership.delete({ where: { tenantId_userId: { tenantId, userId } } });
    await recordAudit(ctx, tx, tenantId, {
      action: "member.removed",
      subject: { type: "member", id: userId },
      before,
    });
  });
}
