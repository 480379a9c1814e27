import { authorize, userIdOf, type RequestContext } from "../context/index.ts";
import { listItems } from "../listed/index.ts";
import { cutPage, mapPage, readCursor, rowsToRead, timeKey, type Page } from "../paging/index.ts";
import { refreshIndex } from "../search/index.ts";
import { CONVERSATION_FINDERS } from "./conversation-finders.ts";
import { describeConversation, type Seen } from "./conversation-json.ts";
import type { ConversationJson, ListConversationsQuery, ListedConversationJson } from "./schemas.ts";
import { selectConversations, type SelectedConversation } from "./select-conversations.ts";

/** Those with the latest message first. */
export async function listConversations(
  ctx: RequestContext,
  query: ListConversationsQuery,
): Promise<Page<ListedConversationJson>> {
  const tenantId = authorize(ctx, "conversations.read");
  const { limit, cursor, fields, include, ...filter } = query;
  const me = userIdOf(ctx.actor);
  const key = readCursor(cursor, timeKey);
  if (filter.search !== undefined) await refreshIndex(ctx, tenantId);
  const { statement, values } = selectConversations(filter, { tenantId, me }, { key, limit: rowsToRead(limit) });
  const rows = await ctx.database.tenantSql(tenantId).rows(statement, values);
  const seen: Seen = { me, now: ctx.clock.now() };
  const page = mapPage(
    cutPage(rows, limit, (row) => [row.lastMessageAt, row.id]),
    (row) => describe(row, seen),
  );
  return listItems(ctx, tenantId, page, { fields, include }, CONVERSATION_FINDERS);
}

function describe(row: SelectedConversation, seen: Seen): ConversationJson {
  const { channel, contactId, contactName, blockedAt, identifiers, last, readAt } = row;
  return describeConversation(
    { ...row, inbox: { channel }, contact: { id: contactId, name: contactName, blockedAt, identifiers } },
    {
      last: last && {
        ...last,
        sentAt: last.sentAt === null ? null : new Date(last.sentAt),
        createdAt: new Date(last.createdAt),
      },
      readAt,
    },
    seen,
  );
}
