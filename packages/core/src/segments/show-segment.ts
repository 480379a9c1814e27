import { authorize, type RequestContext } from "../context/index.ts";
import type { SegmentJson } from "./schemas.ts";
import { toSegmentJson } from "./segment-json.ts";
import { findSegment } from "./visible-segments.ts";

export async function showSegment(ctx: RequestContext, { id }: { id: string }): Promise<SegmentJson> {
  const tenantId = authorize(ctx, "segments.read");
  return toSegmentJson(await ctx.database.withTenant(tenantId, (tx) => findSegment(ctx, tx, tenantId, id)));
}
