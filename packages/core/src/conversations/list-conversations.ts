import type { Prisma } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, readCursor, rowsToRead, timeKey, type Page } from "../paging/index.ts";
import { contactMatches } from "../search/index.ts";
import { conversationInclude, toConversationsJson } from "./conversation-json.ts";
import type { ConversationJson, ListConversationsQuery } from "./schemas.ts";

/** Those with the latest message first. Relies on conversation_tenant_id_last_message_at_id_idx. */
export async function listConversations(
  ctx: RequestContext,
  query: ListConversationsQuery,
): Promise<Page<ConversationJson>> {
  const tenantId = authorize(ctx, "conversations.read");
  const before = rowsBefore(query.cursor);
  return ctx.database.withTenant(tenantId, async (tx) => {
    const rows = await tx.conversation.findMany({
      where: { tenantId, ...filtersOf(query), ...before },
      include: conversationInclude,
      orderBy: [{ lastMessageAt: "desc" }, { id: "desc" }],
      take: rowsToRead(query.limit),
    });
    const { data, page } = cutPage(rows, query.limit, (row) => [row.lastMessageAt, row.id]);
    return { data: await toConversationsJson(tx, data, ctx.clock.now()), page };
  });
}

function filtersOf(query: ListConversationsQuery): Prisma.ConversationWhereInput {
  return {
    inboxId: query.inboxId,
    status: query.status,
    assigneeId: query.assigneeId,
    // There are no teams yet, so nothing belongs to one.
    ...(query.teamId === undefined ? {} : { id: { in: [] } }),
    ...(query.tag === undefined ? {} : { tags: { has: query.tag } }),
    ...(query.search === undefined ? {} : { contact: contactMatches(query.search) }),
  };
}

function rowsBefore(cursor: string | undefined): Prisma.ConversationWhereInput {
  const key = readCursor(cursor, timeKey);
  if (!key) return {};
  const [at, id] = key;
  // The first condition is what the index can begin at.
  return { lastMessageAt: { lte: at }, OR: [{ lastMessageAt: { lt: at } }, { id: { lt: id } }] };
}
