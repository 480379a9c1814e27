import type { Tx } from "@parley/db";
import { actorIdOf, type RequestContext } from "../context/index.ts";

/** Who gets what somebody shares who is removed: whoever removes them or, if that is no member, the first of the owners. */
export async function findHeir(
  ctx: RequestContext,
  tx: Tx,
  { tenantId, userId }: { tenantId: string; userId: string },
): Promise<string | undefined> {
  const remover = actorIdOf(ctx.actor);
  const heirs = await tx.membership.findMany({
    where: { tenantId, NOT: { userId }, OR: [{ userId: remover }, { role: "OWNER" }] },
    orderBy: { createdAt: "asc" },
    select: { userId: true },
  });
  return (heirs.find((heir) => heir.userId === remover) ?? heirs.at(0))?.userId;
}
