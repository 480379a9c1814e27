import { statement, type TenantSql } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { noSuchConversation } from "../conversations/index.ts";
import { listItems } from "../listed/index.ts";
import { cutPage, mapPage, readCursor, rowsToRead, timeKey, type Page } from "../paging/index.ts";
import { noSuchTicket } from "../tickets/index.ts";
import { MESSAGE_FINDERS } from "./message-finders.ts";
import { toMessageJson } from "./message-json.ts";
import type { ListedMessageJson, ListThreadQuery, MessageJson } from "./schemas.ts";
import { selectMessages, type MessageSelection } from "./select-messages.ts";

// conversation_pkey
const FIND_CONVERSATION = statement<object>(
  "thread_conversation_find",
  "select from conversation where tenant_id = $1 and id = $2",
);

// ticket_pkey, ticket_merged_idx
const FIND_CONVERSATIONS_OF_TICKET = statement<{ conversationId: string }>(
  "thread_ticket_find",
  `select conversation_id as "conversationId" from ticket where tenant_id = $1 and id = $2
    union
   select m.conversation_id from ticket t join ticket m on m.tenant_id = t.tenant_id and m.merged_into_id = t.id
    where t.tenant_id = $1 and t.id = $2`,
);

/** The messages of a conversation, oldest first. Reading them does not mark them as read. */
export async function listConversationMessages(
  ctx: RequestContext,
  query: ListThreadQuery & { conversationId: string },
): Promise<Page<ListedMessageJson>> {
  const tenantId = authorize(ctx, "messages.read");
  const { conversationId } = query;
  const sql = ctx.database.tenantSql(tenantId);
  const page = await readThread(sql, { tenantId, conversationIds: [conversationId] }, query);
  // Whatever has messages is there.
  if (page.data.length === 0) {
    const [conversation] = await sql.rows(FIND_CONVERSATION, [tenantId, conversationId]);
    if (!conversation) throw noSuchConversation();
  }
  return listItems(ctx, tenantId, page, query, MESSAGE_FINDERS);
}

/** The messages of a ticket and of those that were merged into it, of whichever conversation, oldest first. */
export async function listTicketMessages(
  ctx: RequestContext,
  query: ListThreadQuery & { ticketId: string },
): Promise<Page<ListedMessageJson>> {
  const tenantId = authorize(ctx, "messages.read");
  const { ticketId } = query;
  const sql = ctx.database.tenantSql(tenantId);
  const found = await sql.rows(FIND_CONVERSATIONS_OF_TICKET, [tenantId, ticketId]);
  if (found.length === 0) throw noSuchTicket();
  const conversationIds = found.map(({ conversationId }) => conversationId);
  const page = await readThread(sql, { tenantId, conversationIds, ticketId }, query);
  return listItems(ctx, tenantId, page, query, MESSAGE_FINDERS);
}

async function readThread(
  sql: TenantSql,
  selection: MessageSelection,
  { cursor, limit }: ListThreadQuery,
): Promise<Page<MessageJson>> {
  const after = readCursor(cursor, timeKey);
  const { statement: select, values } = selectMessages(
    { ...selection, after },
    { order: "oldest", limit: rowsToRead(limit) },
  );
  const rows = await sql.rows(select, values);
  return mapPage(
    cutPage(rows, limit, ({ occurredAt, id }) => [occurredAt, id]),
    toMessageJson,
  );
}
