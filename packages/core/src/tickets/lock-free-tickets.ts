import { sqlOf, statement, together, type AnyTx } from "@parley/db";
import { CONVERSATION_COLUMNS, type LockedConversation } from "../conversations/index.ts";
import type { LockedTicket } from "./lock-ticket.ts";
import { TICKET_COLUMNS, toTicketRow, type SelectedTicket } from "./ticket-row.ts";

/** A ticket of one of several tenants. */
export interface TicketKey {
  tenantId: string;
  ticketId: string;
}

const KEYS = "unnest($1::uuid[], $2::uuid[]) as k (tenant_id, ticket_id)";

// ticket_pkey, conversation_pkey
const LOCK_CONVERSATIONS = statement<LockedConversation>(
  "ticket_lock_free_conversations",
  `select ${CONVERSATION_COLUMNS}
     from ${KEYS}
     join ticket t on t.tenant_id = k.tenant_id and t.id = k.ticket_id
     join conversation c on c.tenant_id = t.tenant_id and c.id = t.conversation_id
    order by c.id
      for no key update of c skip locked`,
);
// ticket_pkey
const LOCK_TICKETS = statement<SelectedTicket>(
  "ticket_lock_free",
  `select ${TICKET_COLUMNS}
     from ${KEYS}
     join ticket t on t.tenant_id = k.tenant_id and t.id = k.ticket_id
    order by t.id
      for no key update of t skip locked`,
);
// ticket_merged_idx
const FIND_TARGETS = statement<{ ticketId: string }>(
  "ticket_find_merge_targets",
  `select k.ticket_id as "ticketId"
     from ${KEYS}
    where exists (select from ticket m where m.tenant_id = k.tenant_id and m.merged_into_id = k.ticket_id)`,
);

/**
 * Of tickets of any tenants those that nobody holds, with their conversations, by their ids; locked until the transaction
 * ends, without waiting for anybody: so many can be held at once, and one that somebody else keeps delays no other. What
 * has to do with a merge is left out as well: it takes further locks, in their order (`lockTicket`). Each conversation is
 * here once. One round trip, in which the caller may send what it asks under these locks.
 */
export async function lockFreeTickets(tx: AnyTx, keys: readonly TicketKey[]): Promise<Map<string, LockedTicket>> {
  const sql = sqlOf(tx);
  const columns = [keys.map(({ tenantId }) => tenantId), keys.map(({ ticketId }) => ticketId)];
  const [conversations, tickets, targets] = await together([
    sql.rows(LOCK_CONVERSATIONS, columns),
    sql.rows(LOCK_TICKETS, columns),
    sql.rows(FIND_TARGETS, columns),
  ]);
  const free = new Map(conversations.map((conversation) => [conversation.id, conversation]));
  const merged = new Set(targets.map(({ ticketId }) => ticketId));
  const locked = new Map<string, LockedTicket>();
  for (const selected of tickets) {
    const ticket = toTicketRow(selected);
    const conversation = free.get(ticket.conversationId);
    if (!conversation || ticket.mergedIntoId !== null || merged.has(ticket.id)) continue;
    free.delete(conversation.id);
    locked.set(ticket.id, { ticket, conversation });
  }
  return locked;
}
