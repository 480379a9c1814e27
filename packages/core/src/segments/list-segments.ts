import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import type { ListSegmentsQuery, SegmentJson } from "./schemas.ts";
import { toSegmentJson } from "./segment-json.ts";
import { visibleSegments } from "./visible-segments.ts";

/** One's own and those that are shared, newest first; ids are time-ordered. */
export async function listSegments(ctx: RequestContext, query: ListSegmentsQuery): Promise<Page<SegmentJson>> {
  const tenantId = authorize(ctx, "segments.read");
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.segment.findMany({
      where: { ...visibleSegments(ctx, tenantId), ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: "desc" },
      take: rowsToRead(query.limit),
    }),
  );
  return mapPage(
    cutPage(rows, query.limit, (segment) => [segment.id]),
    toSegmentJson,
  );
}
