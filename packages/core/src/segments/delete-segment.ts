import { recordAudit } from "../audit/index.ts";
import { authorize, requireUser, type RequestContext } from "../context/index.ts";
import { auditable } from "./create-segment.ts";
import { toSegmentJson } from "./segment-json.ts";
import { lockOwnSegment } from "./visible-segments.ts";

/** Deletes one's own segment or, with `segments.share`, a shared one. */
export async function deleteSegment(ctx: RequestContext, { id }: { id: string }): Promise<void> {
  const tenantId = authorize(ctx, "segments.read");
  requireUser(ctx);
  await ctx.database.withTenant(tenantId, async (tx) => {
    const segment = await lockOwnSegment(ctx, tx, tenantId, id);
    await tx.segment.delete({ where: { tenantId_id: { tenantId, id } } });
    if (!segment.isShared) return;
    await recordAudit(ctx, tx, tenantId, {
      action: "segment.deleted",
      subject: { type: "segment", id },
      before: auditable(toSegmentJson(segment)),
    });
  });
}
