import { sqlOf, statement, together, TransactionConflict, type AnyTx } from "@parley/db";
import { CONVERSATION_COLUMNS, type LockedConversation } from "../conversations/index.ts";
import { noSuchTicket } from "./ticket-json.ts";
import { TICKET_COLUMNS, toTicketRow, type SelectedTicket, type TicketRow } from "./ticket-row.ts";

/** A ticket with its conversation, whose lock protects both. */
export interface LockedTicket {
  ticket: TicketRow;
  conversation: LockedConversation;
  /** Those of tickets that were merged into it, locked as well: what is new there belongs to it while it is worked on. */
  mergedConversations?: readonly LockedConversation[];
}

/** Tickets and conversations by their ids, all of them locked. */
export interface LockedTickets {
  tickets: ReadonlyMap<string, TicketRow>;
  conversations: ReadonlyMap<string, LockedConversation>;
}

// ticket_pkey, ticket_merged_idx, conversation_pkey
const LOCK_CONVERSATIONS = statement<LockedConversation>(
  "ticket_lock_conversations",
  `select ${CONVERSATION_COLUMNS}
     from (select t.conversation_id from ticket t where t.tenant_id = $1 and t.id = any($2)
           union
           select t.conversation_id from ticket t where t.tenant_id = $1 and t.merged_into_id = any($3)) k
     join conversation c on c.tenant_id = $1 and c.id = k.conversation_id
    order by c.id
      for no key update of c`,
);
// ticket_pkey
const LOCK_TICKETS = statement<SelectedTicket>(
  "ticket_lock",
  `select ${TICKET_COLUMNS} from ticket t where t.tenant_id = $1 and t.id = any($2) order by t.id for no key update`,
);
// ticket_pkey, ticket_merged_idx
const FIND_CONVERSATIONS = statement<{ id: string }>(
  "ticket_find_conversations",
  `select t.conversation_id as id from ticket t where t.tenant_id = $1 and t.id = any($2)
   union all
   select t.conversation_id from ticket t where t.tenant_id = $1 and t.merged_into_id = any($3)`,
);

/**
 * The ticket as it is, held until the transaction ends. The conversation's lock is taken first, as ingest does, and
 * then the ticket's own: a ticket that another was merged into receives messages of other conversations.
 */
export async function lockTicket(tx: AnyTx, tenantId: string, id: string): Promise<LockedTicket> {
  const { tickets, conversations } = await lockTickets(tx, tenantId, [id]);
  const ticket = tickets.get(id);
  const conversation = conversations.get(ticket?.conversationId ?? "");
  if (!ticket || !conversation) throw noSuchTicket();
  const mergedConversations = [...conversations.values()].filter((other) => other.id !== conversation.id);
  return { ticket, conversation, mergedConversations };
}

/**
 * Locks, in the order of ids, the conversations of these tickets and of those that were merged into them (or only into
 * `targets`, where no more is to change), and then the tickets. What there is none of is left out. A statement that
 * waits for a lock returns the locked row as it is then, but which rows it locks was settled before: a merge that was
 * committed meanwhile has brought along a conversation that is not locked here. So which they are is asked again under
 * the locks, with which no further merge ends; if there is another one, this throws `TransactionConflict`, and the
 * transaction begins anew with that one in its order. All of it is one round trip.
 */
export async function lockTickets(
  tx: AnyTx,
  tenantId: string,
  ids: readonly string[],
  targets: readonly string[] = ids,
): Promise<LockedTickets> {
  const sql = sqlOf(tx);
  const [conversations, tickets, found] = await together([
    sql.rows(LOCK_CONVERSATIONS, [tenantId, ids, targets]),
    sql.rows(LOCK_TICKETS, [tenantId, ids]),
    sql.rows(FIND_CONVERSATIONS, [tenantId, ids, targets]),
  ]);
  const locked = new Map(conversations.map((conversation) => [conversation.id, conversation]));
  if (found.some(({ id }) => !locked.has(id))) {
    throw new TransactionConflict("tickets were merged while their conversations were locked");
  }
  return { tickets: new Map(tickets.map((ticket) => [ticket.id, toTicketRow(ticket)])), conversations: locked };
}
