import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { assertNotLastOwner, lockMember } from "./lock-member.ts";
import { readMember } from "./member-json.ts";
import { assertNotAbove } from "./rank.ts";
import { releaseWork } from "./release-work.ts";

/**
 * Ends a membership; the person stays, and so do their other memberships. What was assigned to them is assigned to
 * nobody, they leave their teams, and their sessions in the tenant end. `forbidden`: somebody above oneself.
 * `conflict`: the last owner, whoever asks. As the system role, because sessions belong to the person; every
 * condition names the tenant.
 */
export async function removeMember(ctx: RequestContext, { id: userId }: { id: string }): Promise<void> {
  const tenantId = authorize(ctx, "members.manage");
  await ctx.database.withSystem(async (tx) => {
    const member = await lockMember(tx, tenantId, userId);
    assertNotAbove(ctx.actor, member);
    await assertNotLastOwner(tx, member);
    const before = await readMember(tx, tenantId, userId);
    await releaseWork(ctx, tx, { tenantId, userId });
    await tx.session.updateMany({
      where: { userId, tenantId, revokedAt: null },
      data: { revokedAt: ctx.clock.now() },
    });
    await tx.membership.delete({ where: { tenantId_userId: { tenantId, userId } } });
    await recordAudit(ctx, tx, tenantId, {
      action: "member.removed",
      subject: { type: "member", id: userId },
      before,
    });
  });
}
