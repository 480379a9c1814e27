import { isUnfinished } from "../tickets/index.ts";
import type { Pair } from "./join-conversations.ts";
import type { LockedTicket } from "./lock-contacts.ts";
import type { TicketPlace } from "./move-history.ts";

/** Where a ticket of the source goes. */
export interface NewPlace extends TicketPlace {
  fromConversationId: string;
  /** It is being worked on, and is the one that new messages of a joined thread belong to. */
  isOwn: boolean;
}

/**
 * Where the source's tickets go: with their conversations, or into the threads that those become a part of. A thread has
 * one ticket at a time that is being worked on and that new messages belong to: the target's, and else the source's. What
 * is being worked on besides stands beside it.
 */
export function placeTickets(
  tickets: readonly LockedTicket[],
  pairs: readonly Pair[],
  { sourceId, targetId }: { sourceId: string; targetId: string },
): NewPlace[] {
  const into = new Map(pairs.map((pair) => [pair.from.id, pair.into.id]));
  const own = new Map(tickets.filter(isOwn).map((ticket) => [ticket.conversationId, ticket.id]));
  return tickets
    .filter(({ contactId }) => contactId === sourceId)
    .map((ticket): NewPlace => {
      const { id, conversationId: fromConversationId } = ticket;
      const conversationId = into.get(fromConversationId) ?? fromConversationId;
      const isJoined = conversationId !== fromConversationId;
      const place = { id, fromConversationId, conversationId, contactId: targetId };
      if (!isJoined || !isOwn(ticket)) return { ...place, isOwn: false };
      const besideId = own.get(conversationId);
      return besideId === undefined ? { ...place, isOwn: true } : { ...place, isOwn: false, besideId };
    });
}

/** The ticket of its conversation that is being worked on: one at most. */
export function isOwn({ status, splitFromId }: Pick<LockedTicket, "status" | "splitFromId">): boolean {
  return isUnfinished(status) && splitFromId === null;
}
