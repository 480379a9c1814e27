import { Prisma } from "@parley/db";
import type { TimerHandler } from "../timers/index.ts";

/**
 * What the timer of a merge does that cannot be undone any more: what an undo would have put back is about persons, and is
 * kept no longer. That the two were merged stays known.
 */
export const forgetContactMerge: TimerHandler = async (_ctx, tx, { tenantId, subjectId: mergeId }) => {
  const merge = await tx.contactMerge.findUnique({
    where: { tenantId_id: { tenantId, id: mergeId } },
    select: { targetId: true },
  });
  if (!merge) return;
  await tx.contactIdentifier.updateMany({
    where: { tenantId, contactId: merge.targetId, mergeId },
    data: { mergeId: null },
  });
  await tx.contactMerge.updateMany({ where: { tenantId, id: mergeId }, data: { undo: Prisma.DbNull } });
  await tx.contactMergeMessage.deleteMany({ where: { tenantId, mergeId } });
};
