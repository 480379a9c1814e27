import { Channel, ConversationStatus, TicketPriority, TicketStatus } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";
import type { Facts, FactValue, MessageFacts, UnderstandingFacts } from "./facts.ts";

/** What a field holds, which says how it is compared. `text` is compared without regard to case and accents. */
export type FieldType = "text" | "word" | "number" | "boolean" | "list";

export interface Field {
  type: FieldType;
  read: (this: void, facts: Facts) => FactValue;
  /** All that a `word` can be. */
  words?: readonly string[];
  /** Words from the least to the greatest, where they can be compared. */
  order?: readonly string[];
  /** Events say what it was and what it became. */
  changes?: true;
  /** What customers wrote, or who they are: never copied to where it would outlive them. */
  isPersonal?: true;
}

const MINUTE_MS = 60_000;
const PRIORITIES = Object.values(TicketPriority).map(toJsonEnum);
const ATTRIBUTE = "ticket.attributes.";

const text = (read: Field["read"]): Field => ({ type: "text", read });
const word = (words: readonly string[], read: Field["read"]): Field => ({ type: "word", words, read });
const number = (read: Field["read"]): Field => ({ type: "number", read });
const boolean = (read: Field["read"]): Field => ({ type: "boolean", read });
const list = (read: Field["read"]): Field => ({ type: "list", read });
const personal = (field: Field): Field => ({ ...field, isPersonal: true });
const changing = (field: Field): Field => ({ ...field, changes: true });
const ofMessage =
  (read: (message: MessageFacts) => FactValue): Field["read"] =>
  ({ message }) =>
    message === null ? null : read(message);
const understood = (read: (understanding: UnderstandingFacts) => FactValue): Field["read"] =>
  ofMessage(({ understanding }) => (understanding === null ? null : read(understanding)));
const entities = (type: string): Field =>
  personal(
    list(understood((found) => found.entities.filter((entity) => entity.type === type).map(({ value }) => value))),
  );
const identifiers = (...types: string[]): Field =>
  personal(
    list(({ contact }) => contact.identifiers.filter(({ type }) => types.includes(type)).map(({ value }) => value)),
  );

/** What conditions can look at. Names are stable: rules are stored with them. */
export const FIELDS: Readonly<Record<string, Field>> = {
  "message.text": personal(text(ofMessage((message) => message.text))),
  "message.type": text(ofMessage((message) => message.type)),
  "message.hasAttachments": boolean(ofMessage((message) => message.hasAttachments)),
  "message.count": number(ofMessage((message) => message.count)),
  "message.language": text(understood(({ language }) => language)),
  "message.sentiment": word(
    ["positive", "neutral", "negative"],
    understood(({ sentiment }) => sentiment),
  ),
  "message.sentimentScore": number(understood(({ sentimentScore }) => sentimentScore)),
  "message.intent": text(understood(({ intent }) => intent)),
  "message.intentConfidence": number(understood(({ intentConfidence }) => intentConfidence)),
  "message.urgency": {
    ...word(
      ["low", "normal", "high"],
      understood(({ urgency }) => urgency),
    ),
    order: ["low", "normal", "high"],
  },
  "message.wantsHuman": boolean(understood(({ wantsHuman }) => wantsHuman)),
  "message.orderNumbers": entities("order_number"),
  "message.trackingNumbers": entities("tracking_number"),
  "message.emails": entities("email"),
  "message.phones": entities("phone"),
  "message.amounts": entities("amount"),
  "ticket.status": changing(
    word(Object.values(TicketStatus).map(toJsonEnum), ({ ticket }) => toJsonEnum(ticket.status)),
  ),
  "ticket.priority": changing({
    ...word(PRIORITIES, ({ ticket }) => toJsonEnum(ticket.priority)),
    order: PRIORITIES,
  }),
  "ticket.subject": changing(personal(text(({ ticket }) => ticket.subject))),
  "ticket.category": changing(text(({ ticket }) => ticket.category)),
  "ticket.sentiment": changing(text(({ ticket }) => ticket.sentiment)),
  "ticket.tags": changing(list(({ ticket }) => ticket.tags)),
  "ticket.orderRef": changing(personal(text(({ ticket }) => ticket.orderRef))),
  "ticket.assigneeId": changing(text(({ ticket }) => ticket.assigneeId)),
  "ticket.teamId": changing(text(({ ticket }) => ticket.teamId)),
  "ticket.reopenedCount": number(({ ticket }) => ticket.reopenedCount),
  "ticket.isSnoozed": boolean(({ ticket }) => ticket.isSnoozed),
  "ticket.isAnswered": boolean(({ ticket }) => ticket.isAnswered),
  "ticket.ageMinutes": number(({ ticket, now }) => (now.getTime() - ticket.createdAt.getTime()) / MINUTE_MS),
  "contact.name": personal(text(({ contact }) => contact.name)),
  "contact.emails": identifiers("EMAIL"),
  "contact.phones": identifiers("PHONE", "WHATSAPP"),
  "contact.identifiers": personal(list(({ contact }) => contact.identifiers.map(({ value }) => value))),
  "conversation.status": word(Object.values(ConversationStatus).map(toJsonEnum), ({ conversation }) =>
    toJsonEnum(conversation.status),
  ),
  "conversation.tags": list(({ conversation }) => conversation.tags),
  "conversation.unreadCount": number(({ conversation }) => conversation.unreadCount),
  "conversation.isMuted": boolean(({ conversation }) => conversation.isMuted),
  "conversation.isWindowOpen": boolean(
    ({ conversation: { windowExpiresAt }, now }) => windowExpiresAt !== null && windowExpiresAt > now,
  ),
  "inbox.id": text(({ inbox }) => inbox.id),
  "inbox.name": text(({ inbox }) => inbox.name),
  "inbox.channel": word(Object.values(Channel).map(toJsonEnum), ({ inbox }) => toJsonEnum(inbox.channel)),
  "businessHours.isOpen": boolean(({ isOpen }) => isOpen),
  "event.actor": word(["customer", "agent", "ai", "system"], ({ event }) => event.actor),
  "event.because": text(({ event }) => event.because),
  "wait.minutes": number(({ waitedMinutes }) => waitedMinutes),
};

/** The field of this name, one of the tenant's own attributes among them; undefined when there is none. */
export function findField(name: string): Field | undefined {
  if (Object.hasOwn(FIELDS, name)) return FIELDS[name];
  const key = attributeIn(name);
  return key === undefined ? undefined : attributeField(key);
}

/** The key of the attribute that a field's name speaks of. */
export function attributeIn(name: string): string | undefined {
  return name.startsWith(ATTRIBUTE) && name.length > ATTRIBUTE.length ? name.slice(ATTRIBUTE.length) : undefined;
}

/** Of what type an attribute is, and whether it is about the customer, the tenant says; comparisons go by what it holds. */
function attributeField(key: string): Field {
  return changing(
    personal(
      text(({ ticket: { attributes } }) => {
        const value = Object.hasOwn(attributes, key) ? attributes[key] : null;
        return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
      }),
    ),
  );
}
