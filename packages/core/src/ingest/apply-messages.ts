import type { Sql } from "@parley/db";
import { assertStillMerged, claimContacts, noteAfterMerge, type SeenAfterMerge } from "../contacts/index.ts";
import type { NewEvent } from "../events/index.ts";
import type { AttachmentKey } from "../media/index.ts";
import { supersedeDrafts } from "../pending-drafts/index.ts";
import type { SurveyAnswer } from "../surveys/index.ts";
import { fileTickets } from "./file-tickets.ts";
import type { IncomingMessage } from "./incoming-message.ts";
import {
  conversationKey,
  openConversations,
  type ConversationKey,
  type LockedConversation,
} from "./open-conversations.ts";
import { promoteIdentifiers } from "./promote-identifiers.ts";
import type { RoutedMessage } from "./route-parts.ts";
import { storeMessages, withoutKnown } from "./store-messages.ts";
import { takeAnswers } from "./take-answers.ts";

export interface AppliedMessages {
  events: NewEvent[];
  answers: readonly SurveyAnswer[];
  /** The messages that were not known before, by which held updates are found. */
  stored: { tenantId: string; inboxId: string; externalId: string }[];
  /** Attachments whose files are to be fetched. */
  files: readonly AttachmentKey[];
}

const NOTHING: AppliedMessages = { events: [], answers: [], stored: [], files: [] };

/**
 * Writes every message that is new, with its contact, conversation and ticket. The order of locks is the same
 * everywhere: identifiers, contacts, conversations, tickets, tenants' ticket counters, messages.
 */
export async function applyMessages(sql: Sql, routed: readonly RoutedMessage[], at: Date): Promise<AppliedMessages> {
  if (routed.length === 0) return NOTHING;
  const contacts = await claimContacts(
    sql,
    routed.map(({ inbox, part }) => ({
      tenantId: inbox.tenantId,
      identifiers: [...part.contact.identifiers, ...(part.newIdentifiers ?? [])],
      name: part.contact.name,
    })),
    at,
  );
  const keyed = routed.map((message, index) => {
    const contact = contacts[index];
    if (!contact) throw new Error("every message has a contact");
    return { ...message, contact, key: keyOf(message, contact.id) };
  });

  const conversations = await openConversations(
    sql,
    keyed.map(({ key }) => key),
    at,
  );
  const placed = keyed.map(({ key, ...message }): IncomingMessage => {
    const conversation = conversations.get(conversationKey(key));
    if (!conversation) throw new Error("every message has a conversation");
    return { ...message, conversation, part: asWork(message.part, conversation) };
  });

  await assertStillMerged(sql, placed.map(asSeen));
  const fresh = await withoutKnown(sql, placed);
  if (fresh.length === 0) return NOTHING;
  await promoteIdentifiers(sql, fresh);
  const taken = await takeAnswers(sql, fresh, at);
  const tickets = await fileTickets(sql, taken.messages, at);
  const ticketOf = withAnswers(tickets.ticketOf, taken.answers);
  const files = await storeMessages(sql, taken.messages, ticketOf, at);
  await noteAfterMerge(sql, fresh.map(asSeen));
  await supersedeDrafts(sql, answeredElsewhere(fresh), "answered");
  return {
    events: [
      ...openingEvents(fresh),
      ...tickets.events,
      ...fresh.map((message) => messageEvent(message, ticketOf)),
      ...taken.events,
    ],
    answers: taken.answers,
    files,
    stored: fresh.map(({ inbox, part }) => ({
      tenantId: inbox.tenantId,
      inboxId: inbox.id,
      externalId: part.externalId,
    })),
  };
}

function asSeen({ id, contact, part }: IncomingMessage): SeenAfterMerge {
  const { tenantId, id: contactId, mergeId } = contact;
  return { tenantId, messageId: id, contactId, mergeId, identifiers: part.contact.identifiers };
}

/** Where somebody of the company has answered in the channel's own app: what rules proposed is not needed any more. */
function answeredElsewhere(messages: readonly IncomingMessage[]): { tenantId: string; conversationId: string }[] {
  return messages
    .filter(({ part }) => part.direction === "OUTBOUND")
    .map(({ inbox, conversation }) => ({ tenantId: inbox.tenantId, conversationId: conversation.id }));
}

/** An answer belongs to the ticket that was asked about, whichever is the conversation's latest by now. */
function withAnswers(
  ticketOf: ReadonlyMap<string, string>,
  answers: readonly SurveyAnswer[],
): ReadonlyMap<string, string> {
  if (answers.length === 0) return ticketOf;
  return new Map([...ticketOf, ...answers.map(({ messageId, ticketId }) => [messageId, ticketId] as const)]);
}

/** What somebody writes who is blocked is stored, and neither opens, reopens and wakes a ticket nor counts as unread. */
function asWork(part: RoutedMessage["part"], { isBlocked }: LockedConversation): RoutedMessage["part"] {
  return isBlocked ? { ...part, opensTicket: false } : part;
}

function keyOf({ inbox, part }: RoutedMessage, contactId: string): ConversationKey {
  return { tenantId: inbox.tenantId, inboxId: inbox.id, contactId, threadId: part.threadId };
}

/** New contacts and conversations, each once, under the name of the message that brought them. */
function openingEvents(messages: readonly IncomingMessage[]): NewEvent[] {
  const events = new Map<string, NewEvent>();
  for (const { id, inbox, contact, conversation } of messages) {
    const subjects = { tenantId: inbox.tenantId, actorType: "CUSTOMER", contactId: contact.id } as const;
    if (contact.isNew && !events.has(contact.id)) {
      events.set(contact.id, { ...subjects, type: "CONTACT_CREATED", messageId: id });
    }
    if (conversation.isNew && !events.has(conversation.id)) {
      events.set(conversation.id, {
        ...subjects,
        type: "CONVERSATION_OPENED",
        conversationId: conversation.id,
        messageId: id,
      });
    }
  }
  return [...events.values()];
}

function messageEvent(message: IncomingMessage, ticketOf: ReadonlyMap<string, string>): NewEvent {
  const inbound = message.part.direction === "INBOUND";
  return {
    tenantId: message.inbox.tenantId,
    type: inbound ? "MESSAGE_RECEIVED" : "MESSAGE_SENT",
    actorType: inbound ? "CUSTOMER" : "AGENT",
    contactId: message.contact.id,
    conversationId: message.conversation.id,
    ticketId: ticketOf.get(message.id) ?? null,
    messageId: message.id,
    // What is no work is nothing to answer: a reaction, the answer to a survey, what somebody writes who is blocked.
    data: { type: message.part.type, ...(inbound && !message.part.opensTicket && { isWork: false }) },
  };
}
