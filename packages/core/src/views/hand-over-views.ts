import type { Tx } from "@parley/db";
import { recordAudit } from "../audit/index.ts";
import type { RequestContext } from "../context/index.ts";
import { toViewJson } from "./view-json.ts";

interface Leaver {
  tenantId: string;
  userId: string;
  heirId: string;
}

/** Gives the views that somebody shares who is about to go to their heir. Their own views go with them. */
export async function handOverViews(
  ctx: RequestContext,
  tx: Tx,
  { tenantId, userId, heirId: ownerId }: Leaver,
): Promise<void> {
  const views = await tx.savedView.findMany({ where: { tenantId, ownerId: userId, isShared: true } });
  for (const view of views) {
    const { id } = view;
    const changed = await tx.savedView.update({
      where: { tenantId_id: { tenantId, id } },
      data: { ownerId, updatedAt: ctx.clock.now() },
    });
    await recordAudit(ctx, tx, tenantId, {
      action: "view.changed",
      subject: { type: "view", id },
      before: toViewJson(view),
      after: toViewJson(changed),
    });
  }
}
