import type { Tx } from "@parley/db";
import { recordAudit } from "../audit/index.ts";
import { actorIdOf, type RequestContext } from "../context/index.ts";
import { toViewJson } from "./view-json.ts";

interface Leaver {
  tenantId: string;
  userId: string;
}

/**
 * Gives what somebody shares who is about to go to whoever removes them or, if that is no member, to the company's first
 * owner. Their own views go with them.
 */
export async function handOverViews(ctx: RequestContext, tx: Tx, { tenantId, userId }: Leaver): Promise<void> {
  const views = await tx.savedView.findMany({ where: { tenantId, ownerId: userId, isShared: true } });
  const ownerId = views.length > 0 ? await findHeir(ctx, tx, { tenantId, userId }) : undefined;
  if (ownerId === undefined) return;
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

async function findHeir(ctx: RequestContext, tx: Tx, { tenantId, userId }: Leaver): Promise<string | undefined> {
  const remover = actorIdOf(ctx.actor);
  const heirs = await tx.membership.findMany({
    where: { tenantId, NOT: { userId }, OR: [{ userId: remover }, { role: "OWNER" }] },
    orderBy: { createdAt: "asc" },
    select: { userId: true },
  });
  return (heirs.find((heir) => heir.userId === remover) ?? heirs.at(0))?.userId;
}
