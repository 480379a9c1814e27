import { authorize, requireUser, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import type { ListMentionsQuery, MentionJson } from "./schemas.ts";

/** Notes that name whoever asks, newest first. Relies on message_mention_tenant_id_user_id_message_id_idx. */
export async function listMentions(ctx: RequestContext, query: ListMentionsQuery): Promise<Page<MentionJson>> {
  const tenantId = authorize(ctx, "messages.read");
  const userId = requireUser(ctx);
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.messageMention.findMany({
      where: { tenantId, userId, ...(before === undefined ? {} : { messageId: { lt: before } }) },
      include: { message: { select: { conversationId: true, ticketId: true, senderId: true } } },
      orderBy: { messageId: "desc" },
      take: rowsToRead(query.limit),
    }),
  );
  return mapPage(
    cutPage(rows, query.limit, (mention) => [mention.messageId]),
    ({ messageId, message: { conversationId, ticketId, senderId }, createdAt }) => ({
      messageId,
      conversationId,
      ticketId,
      mentionedBy: senderId,
      createdAt: createdAt.toISOString(),
    }),
  );
}
