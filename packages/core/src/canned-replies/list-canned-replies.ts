import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { beginsWith } from "../search/index.ts";
import { toCannedReplyJson } from "./canned-reply-json.ts";
import type { CannedReplyJson, ListCannedRepliesQuery } from "./schemas.ts";

/** Newest first; ids are time-ordered. Relies on canned_reply_pkey. */
export async function listCannedReplies(
  ctx: RequestContext,
  query: ListCannedRepliesQuery,
): Promise<Page<CannedReplyJson>> {
  const tenantId = authorize(ctx, "canned_replies.read");
  const { search, limit } = query;
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.cannedReply.findMany({
      where: {
        tenantId,
        ...(search === undefined ? {} : { OR: [{ shortcut: beginsWith(search) }, { title: beginsWith(search) }] }),
        ...(before === undefined ? {} : { id: { lt: before } }),
      },
      orderBy: { id: "desc" },
      take: rowsToRead(limit),
    }),
  );
  return mapPage(
    cutPage(rows, limit, (reply) => [reply.id]),
    toCannedReplyJson,
  );
}
