import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { findMessages } from "./find-messages.ts";
import { messageInclude, toMessageJson } from "./message-json.ts";
import type { ListMessagesQuery, MessageJson } from "./schemas.ts";

/** Messages of all conversations, newest first; ids are time-ordered. With `search`, those that have its words. */
export async function listMessages(ctx: RequestContext, query: ListMessagesQuery): Promise<Page<MessageJson>> {
  const tenantId = authorize(ctx, "messages.read");
  const { search } = query;
  if (search !== undefined) return findMessages(ctx, tenantId, { ...query, search });
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const { conversationId, direction, status, limit } = query;
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.message.findMany({
      where: { tenantId, conversationId, direction, status, ...(before === undefined ? {} : { id: { lt: before } }) },
      include: messageInclude,
      orderBy: { id: "desc" },
      take: rowsToRead(limit),
    }),
  );
  return mapPage(
    cutPage(rows, limit, (message) => [message.id]),
    toMessageJson,
  );
}
