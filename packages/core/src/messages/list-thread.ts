import type { Prisma, Tx } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { noSuchConversation } from "../conversations/index.ts";
import { cutPage, mapPage, readCursor, rowsToRead, timeKey, type Page } from "../paging/index.ts";
import { noSuchTicket } from "../tickets/index.ts";
import { messageInclude, toMessageJson } from "./message-json.ts";
import type { ListThreadQuery, MessageJson } from "./schemas.ts";

/** The messages of a conversation, oldest first. Reading them does not mark them as read. */
export async function listConversationMessages(
  ctx: RequestContext,
  query: ListThreadQuery & { conversationId: string },
): Promise<Page<MessageJson>> {
  const tenantId = authorize(ctx, "messages.read");
  const { conversationId } = query;
  return ctx.database.withTenant(tenantId, async (tx) => {
    const conversation = await tx.conversation.findUnique({
      where: { tenantId_id: { tenantId, id: conversationId } },
      select: { id: true },
    });
    if (!conversation) throw noSuchConversation();
    return readThread(tx, { tenantId, conversationId }, query);
  });
}

/** The messages of a ticket and of those that were merged into it, of whichever conversation, oldest first. */
export async function listTicketMessages(
  ctx: RequestContext,
  query: ListThreadQuery & { ticketId: string },
): Promise<Page<MessageJson>> {
  const tenantId = authorize(ctx, "messages.read");
  const { ticketId } = query;
  return ctx.database.withTenant(tenantId, async (tx) => {
    const ticket = await tx.ticket.findUnique({
      where: { tenantId_id: { tenantId, id: ticketId } },
      select: { conversationId: true, merged: { select: { conversationId: true } } },
    });
    if (!ticket) throw noSuchTicket();
    const conversationIds = new Set([ticket, ...ticket.merged].map(({ conversationId }) => conversationId));
    return readThread(tx, { tenantId, conversationId: { in: [...conversationIds] }, ticketId }, query);
  });
}

/** Relies on message_tenant_id_conversation_id_occurred_at_id_idx. */
async function readThread(
  tx: Tx,
  where: { tenantId: string; conversationId: string | { in: string[] }; ticketId?: string },
  query: ListThreadQuery,
): Promise<Page<MessageJson>> {
  const rows = await tx.message.findMany({
    where: { ...where, ...rowsAfter(query.cursor) },
    include: messageInclude,
    orderBy: [{ occurredAt: "asc" }, { id: "asc" }],
    take: rowsToRead(query.limit),
  });
  return mapPage(
    cutPage(rows, query.limit, (message) => [message.occurredAt, message.id]),
    toMessageJson,
  );
}

function rowsAfter(cursor: string | undefined): Prisma.MessageWhereInput {
  const key = readCursor(cursor, timeKey);
  if (!key) return {};
  const [at, id] = key;
  // The first condition is what the index can begin at.
  return { occurredAt: { gte: at }, OR: [{ occurredAt: { gt: at } }, { id: { gt: id } }] };
}
