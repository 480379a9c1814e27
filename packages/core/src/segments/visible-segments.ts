import type { Prisma, Tx } from "@parley/db";
import { noSuchSegment } from "../contacts/index.ts";
import { assertAllowed, userIdOf, type RequestContext } from "../context/index.ts";
import type { SegmentRow } from "./segment-json.ts";

/** Those that are shared, and one's own. */
export function visibleSegments(ctx: RequestContext, tenantId: string): Prisma.SegmentWhereInput {
  const me = userIdOf(ctx.actor);
  return { tenantId, OR: [{ isShared: true }, ...(me === null ? [] : [{ ownerId: me }])] };
}

export async function findSegment(ctx: RequestContext, tx: Tx, tenantId: string, id: string): Promise<SegmentRow> {
  const segment = await tx.segment.findFirst({ where: { id, ...visibleSegments(ctx, tenantId) } });
  if (!segment) throw noSuchSegment();
  return segment;
}

/** The segment, locked until the transaction ends. Refuses whoever may see it and not change it. */
export async function lockOwnSegment(ctx: RequestContext, tx: Tx, tenantId: string, id: string): Promise<SegmentRow> {
  await tx.$executeRaw`select from segment where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for no key update`;
  const segment = await findSegment(ctx, tx, tenantId, id);
  if (segment.ownerId !== userIdOf(ctx.actor)) assertAllowed(ctx.actor, "segments.share");
  return segment;
}
