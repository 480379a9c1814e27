import { authorize, type RequestContext } from "../context/index.ts";
import { listItems } from "../listed/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { findMessages } from "./find-messages.ts";
import { MESSAGE_FINDERS } from "./message-finders.ts";
import { toMessageJson } from "./message-json.ts";
import type { ListedMessageJson, ListMessagesQuery, MessageJson } from "./schemas.ts";
import { selectMessages } from "./select-messages.ts";

/** Messages of all conversations, newest first; ids are time-ordered. With `search`, those that have its words. */
export async function listMessages(ctx: RequestContext, query: ListMessagesQuery): Promise<Page<ListedMessageJson>> {
  const tenantId = authorize(ctx, "messages.read");
  const { search } = query;
  const page =
    search === undefined
      ? await readMessages(ctx, tenantId, query)
      : await findMessages(ctx, tenantId, { ...query, search });
  return listItems(ctx, tenantId, page, query, MESSAGE_FINDERS);
}

async function readMessages(
  ctx: RequestContext,
  tenantId: string,
  { conversationId, direction, status, campaign, limit, cursor }: ListMessagesQuery,
): Promise<Page<MessageJson>> {
  const [before] = readCursor(cursor, idKey) ?? [];
  const conversationIds = conversationId === undefined ? undefined : [conversationId];
  const { statement, values } = selectMessages(
    { tenantId, conversationIds, direction, status, campaign, before },
    { order: "newest", limit: rowsToRead(limit) },
  );
  const rows = await ctx.database.tenantSql(tenantId).rows(statement, values);
  return mapPage(
    cutPage(rows, limit, (message) => [message.id]),
    toMessageJson,
  );
}
