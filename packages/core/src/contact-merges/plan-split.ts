import { newId } from "@parley/runtime";
import type { LockedTicket } from "./lock-contacts.ts";
import type { TicketPlace } from "./move-history.ts";
import { isOwn } from "./place-tickets.ts";
import type { UndoRecord } from "./undo-record.ts";

/** A message that came in since the merge, in a conversation of the target's. */
export interface LateMessage {
  id: string;
  conversationId: string;
}

/** A conversation that there is to be besides an existing one, for the other contact. */
export interface NewThread {
  id: string;
  besideId: string;
  contactId: string;
}

/** Who gets what of the conversations that the two have shared since the merge. */
export interface SplitPlan {
  /** Whole conversations that are the source's again. */
  returned: string[];
  /** The source's part of a conversation that stays the target's, by the latter's id. */
  sourceOf: ReadonlyMap<string, string>;
  /** The target's part of a conversation that is the source's again. */
  targetOf: ReadonlyMap<string, string>;
  opened: NewThread[];
}

/**
 * Conversations that went over whole go back, with a new one for the target where it wrote in them since. Of those that
 * were joined the source has its own again. Where the source has written since in what was the target's, or is new: all of
 * it is the source's if nobody else has written there, else the source gets a conversation of its own.
 */
export function planSplit(
  undo: UndoRecord,
  {
    sourceId,
    targetId,
    ofSource,
    ofTarget,
    isOnlyOfSource,
  }: {
    sourceId: string;
    targetId: string;
    /** What came in by the source's identifiers. */
    ofSource: readonly LateMessage[];
    /** What came in by the target's, in conversations that are the source's. */
    ofTarget: readonly LateMessage[];
    isOnlyOfSource: (conversationId: string) => boolean;
  },
): SplitPlan {
  const returned = [...undo.moved];
  const sourceOf = new Map(undo.joined.map(({ id, into }) => [into, id]));
  const targetOf = new Map<string, string>();
  const opened: NewThread[] = [];
  for (const besideId of new Set(ofTarget.map(({ conversationId }) => conversationId))) {
    const id = newId();
    targetOf.set(besideId, id);
    opened.push({ id, besideId, contactId: targetId });
  }
  for (const besideId of new Set(ofSource.map(({ conversationId }) => conversationId))) {
    if (sourceOf.has(besideId) || undo.moved.includes(besideId)) continue;
    if (isOnlyOfSource(besideId)) {
      returned.push(besideId);
    } else {
      const id = newId();
      sourceOf.set(besideId, id);
      opened.push({ id, besideId, contactId: sourceId });
    }
  }
  return { returned, sourceOf, targetOf, opened };
}

/**
 * Where tickets go: those that the source had go back where they were; one that was opened since goes with whoever wrote
 * its first message. In each conversation one ticket that is being worked on is the conversation's own, the oldest; others
 * stand beside it.
 */
export function placeTicketsAgain(
  tickets: readonly LockedTicket[],
  undo: UndoRecord,
  plan: SplitPlan,
  {
    sourceId,
    targetId,
    firstIsOfSource,
  }: {
    sourceId: string;
    targetId: string;
    /** Whose first message it holds; undefined: it holds none. */
    firstIsOfSource: (ticketId: string) => boolean | undefined;
  },
): TicketPlace[] {
  const had = new Map(undo.tickets.map((ticket) => [ticket.id, ticket]));
  const placed = tickets.map((ticket) => {
    const before = had.get(ticket.id);
    if (before) return { ticket, conversationId: before.conversationId, contactId: sourceId, wasOwn: before.isBeside };
    const isReturned = plan.returned.includes(ticket.conversationId);
    const isSource = firstIsOfSource(ticket.id) ?? isReturned;
    const parts = isSource ? plan.sourceOf : plan.targetOf;
    return {
      ticket,
      conversationId: parts.get(ticket.conversationId) ?? ticket.conversationId,
      contactId: isSource || (isReturned && !plan.targetOf.has(ticket.conversationId)) ? sourceId : targetId,
      wasOwn: false,
    };
  });
  const own = new Map<string, string>();
  for (const { ticket, conversationId, wasOwn } of placed.toSorted(
    (a, b) => +a.ticket.createdAt - +b.ticket.createdAt,
  )) {
    const isCandidate = isOwn(ticket) || (wasOwn && isOwn({ ...ticket, splitFromId: null }));
    if (isCandidate && !own.has(conversationId)) own.set(conversationId, ticket.id);
  }
  return placed.flatMap(({ ticket, conversationId, contactId, wasOwn }): TicketPlace[] => {
    const isCandidate = isOwn(ticket) || wasOwn;
    const ownId = own.get(conversationId);
    const isSecond = isCandidate && isOwn({ ...ticket, splitFromId: null }) && ownId !== ticket.id;
    const besideId = isSecond ? ownId : wasOwn ? null : undefined;
    const stays = conversationId === ticket.conversationId && contactId === ticket.contactId && besideId === undefined;
    return stays ? [] : [{ id: ticket.id, conversationId, contactId, besideId }];
  });
}
