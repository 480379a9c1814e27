import type { Sql } from "@parley/db";
import type { NewEvent } from "../events/index.ts";
import { claimContacts } from "./claim-contacts.ts";
import { fileTickets } from "./file-tickets.ts";
import type { IncomingMessage } from "./incoming-message.ts";
import { conversationKey, openConversations, type ConversationKey } from "./open-conversations.ts";
import { promoteIdentifiers } from "./promote-identifiers.ts";
import type { RoutedMessage } from "./route-parts.ts";
import { storeMessages, withoutKnown } from "./store-messages.ts";

export interface AppliedMessages {
  events: NewEvent[];
  /** The messages that were not known before, by which held updates are found. */
  stored: { tenantId: string; inboxId: string; externalId: string }[];
}

/**
 * Writes every message that is new, with its contact, conversation and ticket. The order of locks is the same in
 * every worker: identifiers, conversations, tenants' ticket counters.
 */
export async function applyMessages(sql: Sql, routed: readonly RoutedMessage[], at: Date): Promise<AppliedMessages> {
  if (routed.length === 0) return { events: [], stored: [] };
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
    return { ...message, conversation };
  });

  const fresh = await withoutKnown(sql, placed);
  if (fresh.length === 0) return { events: [], stored: [] };
  await promoteIdentifiers(sql, fresh);
  const tickets = await fileTickets(sql, fresh, at);
  await storeMessages(sql, fresh, tickets.ticketOf, at);
  return {
    events: [
      ...openingEvents(fresh),
      ...tickets.events,
      ...fresh.map((message) => messageEvent(message, tickets.ticketOf)),
    ],
    stored: fresh.map(({ inbox, part }) => ({
      tenantId: inbox.tenantId,
      inboxId: inbox.id,
      externalId: part.externalId,
    })),
  };
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
    data: { type: message.part.type },
  };
}
