import { recordAudit } from "../audit/index.ts";
import { assertAllowed, authorize, requireUser, type RequestContext } from "../context/index.ts";
import { assertFilter } from "./assert-filter.ts";
import { assertRoom, auditable } from "./create-segment.ts";
import type { ChangeSegmentInput, SegmentJson } from "./schemas.ts";
import { toFilterColumn, toSegmentJson } from "./segment-json.ts";
import { lockOwnSegment } from "./visible-segments.ts";

/**
 * Changes what is given of one's own segment or, with `segments.share`, of a shared one. To share one needs
 * `segments.share`. A shared one that is no longer shared is its owner's alone.
 */
export async function changeSegment(
  ctx: RequestContext,
  input: ChangeSegmentInput & { id: string },
): Promise<SegmentJson> {
  const tenantId = authorize(ctx, "segments.read");
  requireUser(ctx);
  const { id, name, filter, isShared } = input;
  return ctx.database.withTenant(tenantId, async (tx) => {
    const segment = await lockOwnSegment(ctx, tx, tenantId, id);
    if (isShared !== undefined && isShared !== segment.isShared) {
      if (isShared) assertAllowed(ctx.actor, "segments.share");
      await assertRoom(tx, tenantId, isShared ? { isShared } : { isShared, ownerId: segment.ownerId });
    }
    if (filter) await assertFilter(tx, tenantId, filter);
    const changed = await tx.segment.update({
      where: { tenantId_id: { tenantId, id } },
      data: { name, isShared, ...(filter && { filter: toFilterColumn(filter) }), updatedAt: ctx.clock.now() },
    });
    const [before, after] = [toSegmentJson(segment), toSegmentJson(changed)];
    if (before.isShared || after.isShared) {
      await recordAudit(ctx, tx, tenantId, {
        action: "segment.changed",
        subject: { type: "segment", id },
        before: auditable(before),
        after: auditable(after),
      });
    }
    return after;
  });
}
