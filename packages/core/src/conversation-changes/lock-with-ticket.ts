import { TransactionConflict, type Tx } from "@parley/db";
import { lockConversation, type LockedConversation } from "../conversations/index.ts";
import { findTicketInWork, isUnfinished, lockTicket, type LockedTicket } from "../tickets/index.ts";

/** A conversation and, while one is being worked on, its ticket, both locked. */
export interface ConversationWithTicket {
  conversation: LockedConversation;
  inWork: LockedTicket | null;
}

/**
 * Locks both as everybody does who changes tickets. Which ticket it is, is known for certain only under the conversation's
 * lock, and then it is too late to take the locks of further conversations in their order: whoever has seen another one
 * before begins anew.
 */
export async function lockWithTicket(tx: Tx, tenantId: string, id: string): Promise<ConversationWithTicket> {
  const place = { tenantId, conversationId: id };
  const seen = await findTicketInWork(tx, place);
  const locked = seen && (await lockTicket(tx, tenantId, seen.id));
  if (locked && isUnfinished(locked.ticket.status)) return { conversation: locked.conversation, inWork: locked };
  const conversation = locked?.conversation ?? (await lockConversation(tx, tenantId, id));
  if (await findTicketInWork(tx, place)) {
    throw new TransactionConflict("a ticket was opened while the conversation was locked");
  }
  return { conversation, inWork: null };
}
