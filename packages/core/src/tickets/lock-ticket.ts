import { columnsOf, Prisma, TransactionConflict, type Tx } from "@parley/db";
import { CONVERSATION_COLUMNS, type LockedConversation } from "../conversations/index.ts";
import { noSuchTicket } from "./ticket-json.ts";

export type TicketRow = Prisma.TicketGetPayload<object>;

/** Of `ticket t`. */
export const TICKET_COLUMNS = Prisma.raw(columnsOf("t", Prisma.TicketScalarFieldEnum));

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

/**
 * The ticket as it is, held until the transaction ends. The conversation's lock is taken first, as ingest does, and
 * then the ticket's own: a ticket that another was merged into receives messages of other conversations.
 */
export async function lockTicket(tx: Tx, tenantId: string, id: string): Promise<LockedTicket> {
  const { tickets, conversations } = await lockTickets(tx, tenantId, [id]);
  const ticket = tickets.get(id);
  const conversation = conversations.get(ticket?.conversationId ?? "");
  if (!ticket || !conversation) throw noSuchTicket();
  const mergedConversations = [...conversations.values()].filter((other) => other.id !== conversation.id);
  return { ticket, conversation, mergedConversations };
}

/**
 * Locks, in the order of ids, the conversations of these tickets and of those that were merged into them (or only into
 * `targets`, where no more is to change), and then the tickets. What there is none of is left out. A statement that waits for a lock returns the locked row as it is then, but
 * which rows it locks was settled before: a merge that was committed meanwhile has brought along a conversation that is
 * not locked here. Then this throws `TransactionConflict`, and the transaction begins anew with that one in its order.
 */
export async function lockTickets(
  tx: Tx,
  tenantId: string,
  ids: readonly string[],
  targets: readonly string[] = ids,
): Promise<LockedTickets> {
  // ticket_pkey, ticket_merged_idx
  const conversations = await tx.$queryRaw<LockedConversation[]>`
    select ${CONVERSATION_COLUMNS}
      from (select t.conversation_id from ticket t where t.tenant_id = ${tenantId}::uuid and t.id = any(${ids}::uuid[])
            union
            select t.conversation_id from ticket t
             where t.tenant_id = ${tenantId}::uuid and t.merged_into_id = any(${targets}::uuid[])) k
      join conversation c on c.tenant_id = ${tenantId}::uuid and c.id = k.conversation_id
     order by c.id
       for no key update of c`;
  const tickets = await tx.$queryRaw<TicketRow[]>`
    select ${TICKET_COLUMNS} from ticket t
     where t.tenant_id = ${tenantId}::uuid and t.id = any(${ids}::uuid[])
     order by t.id
       for no key update`;
  const locked = conversations.map((conversation) => conversation.id);
  await assertNoneMissing(tx, tenantId, { ids, targets, locked });
  return {
    tickets: new Map(tickets.map((ticket) => [ticket.id, ticket])),
    conversations: new Map(conversations.map((conversation) => [conversation.id, conversation])),
  };
}

/** Asks again under the locks, with which no further merge ends. Relies on ticket_pkey and ticket_merged_idx. */
async function assertNoneMissing(
  tx: Tx,
  tenantId: string,
  { ids, targets, locked }: Record<"ids" | "targets" | "locked", readonly string[]>,
): Promise<void> {
  const missing = await tx.$queryRaw<object[]>`
    select from ticket t
     where t.tenant_id = ${tenantId}::uuid and t.id = any(${ids}::uuid[])
       and t.conversation_id <> all(${locked}::uuid[])
    union all
    select from ticket t
     where t.tenant_id = ${tenantId}::uuid and t.merged_into_id = any(${targets}::uuid[])
       and t.conversation_id <> all(${locked}::uuid[])`;
  if (missing.length > 0) throw new TransactionConflict("tickets were merged while their conversations were locked");
}
