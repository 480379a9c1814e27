import type { Tx } from "@parley/db";
import { recordAudit } from "../audit/index.ts";
import { actorIdOf, type RequestContext } from "../context/index.ts";

/**
 * Gives what somebody shares who is about to go to whoever removes them or, if that is no member, to the company's first
 * owner. Their own segments go with them.
 */
export async function handOverSegments(
  ctx: RequestContext,
  tx: Tx,
  { tenantId, userId }: { tenantId: string; userId: string },
): Promise<void> {
  const segments = await tx.segment.findMany({ where: { tenantId, ownerId: userId, isShared: true } });
  if (segments.length === 0) return;
  const remover = actorIdOf(ctx.actor);
  const heirs = await tx.membership.findMany({
    where: { tenantId, NOT: { userId }, OR: [{ userId: remover }, { role: "OWNER" }] },
    orderBy: { createdAt: "asc" },
    select: { userId: true },
  });
  const heir = heirs.find((each) => each.userId === remover) ?? heirs.at(0);
  if (!heir) return;
  for (const { id } of segments) {
    await tx.segment.update({
      where: { tenantId_id: { tenantId, id } },
      data: { ownerId: heir.userId, updatedAt: ctx.clock.now() },
    });
    const [before, after] = [{ ownerId: userId }, { ownerId: heir.userId }];
    await recordAudit(ctx, tx, tenantId, {
      action: "segment.changed",
      subject: { type: "segment", id },
      before,
      after,
    });
  }
}
