import type { Tx } from "@parley/db";
import { recordAudit } from "../audit/index.ts";
import type { RequestContext } from "../context/index.ts";

/** Gives the segments that somebody shares who is about to go to their heir. Their own segments go with them. */
export async function handOverSegments(
  ctx: RequestContext,
  tx: Tx,
  { tenantId, userId, heirId }: { tenantId: string; userId: string; heirId: string },
): Promise<void> {
  const segments = await tx.segment.findMany({ where: { tenantId, ownerId: userId, isShared: true } });
  for (const { id } of segments) {
    await tx.segment.update({
      where: { tenantId_id: { tenantId, id } },
      data: { ownerId: heirId, updatedAt: ctx.clock.now() },
    });
    const [before, after] = [{ ownerId: userId }, { ownerId: heirId }];
    await recordAudit(ctx, tx, tenantId, {
      action: "segment.changed",
      subject: { type: "segment", id },
      before,
      after,
    });
  }
}
