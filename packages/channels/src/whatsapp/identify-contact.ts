import type { MessagePart } from "../channel.ts";
import { distinctIdentifiers, phoneIdentifier, userIdentifier } from "./identifiers.ts";
import type { WebhookContact, WebhookMessage } from "./webhook-schema.ts";

/** The people that one `value` names beside its messages. A call can have a thousand of each, hence the maps. */
export interface Company {
  byPhone: ReadonlyMap<string, WebhookContact>;
  byUserId: ReadonlyMap<string, WebhookContact>;
  /** The only contact named, when all messages are of one person: then it is that person, however the number is spelled. */
  only: WebhookContact | undefined;
}

/** The customer's side of a message: the sender, or for an echo the recipient. */
interface Party {
  phone: string | undefined;
  userId: string | undefined;
}

/**
 * Who a message is from (or to, when it is an echo). The number on the message itself comes first, because that is
 * what one answers; `wa_id` can differ from it (Brazil, Mexico) and is kept as well. No identifiers: nobody.
 */
export function identifyContact(
  message: WebhookMessage,
  direction: MessagePart["direction"],
  company: Company,
): MessagePart["contact"] {
  const party = partyOf(message, direction);
  const entry = findEntry(party, company);
  const identifiers = distinctIdentifiers([
    phoneIdentifier(party.phone),
    phoneIdentifier(entry?.wa_id),
    userIdentifier(party.userId ?? entry?.user_id),
  ]);
  return { identifiers, name: entry?.profile?.name ?? entry?.profile?.username };
}

/** Indexes the `contacts` of the value in which `messages` stand (undefined: one that could not be read). */
export function gatherCompany(
  contacts: readonly WebhookContact[],
  messages: readonly (WebhookMessage | undefined)[],
  direction: MessagePart["direction"],
): Company {
  const byPhone = new Map<string, WebhookContact>();
  const byUserId = new Map<string, WebhookContact>();
  for (const contact of contacts) {
    const phone = phoneIdentifier(contact.wa_id)?.value;
    if (phone !== undefined) byPhone.set(phone, contact);
    if (contact.user_id !== undefined) byUserId.set(contact.user_id, contact);
  }
  const only = contacts.length === 1 && areOfOnePerson(messages, direction) ? contacts[0] : undefined;
  return { byPhone, byUserId, only };
}

function areOfOnePerson(
  messages: readonly (WebhookMessage | undefined)[],
  direction: MessagePart["direction"],
): boolean {
  const [first, ...others] = messages.flatMap((message) => (message === undefined ? [] : partyOf(message, direction)));
  return first !== undefined && others.every(({ phone, userId }) => phone === first.phone && userId === first.userId);
}

function partyOf(message: WebhookMessage, direction: MessagePart["direction"]): Party {
  return direction === "INBOUND"
    ? { phone: message.from, userId: message.from_user_id }
    : { phone: message.to, userId: message.to_user_id };
}

function findEntry({ phone, userId }: Party, { byPhone, byUserId, only }: Company): WebhookContact | undefined {
  const named = byUserId.get(userId ?? "") ?? byPhone.get(phoneIdentifier(phone)?.value ?? "");
  if (named !== undefined) return named;
  // Numbers may be spelled in two ways; two different user ids are two people.
  return userId !== undefined && only?.user_id !== undefined ? undefined : only;
}
