import { compareSets, none, type Check } from "../harness/comparison.ts";
import { identifiersOf } from "./people.ts";
import type { PlannedMessage } from "./plan-traffic.ts";
import { messageKey, type StoredMessage } from "./stored-message.ts";

/** Every acknowledged message is there exactly once, with its text, its time and its customer. */
export function checkMessages(told: readonly PlannedMessage[], stored: readonly StoredMessage[]): Check[] {
  const planned = new Map(told.map((message) => [keyOf(message), message]));
  const pairs = stored.flatMap((message) => {
    const plan = planned.get(messageKey(message));
    return plan ? [{ message, plan }] : [];
  });
  const wrong = (isWrong: (pair: { message: StoredMessage; plan: PlannedMessage }) => boolean): string[] =>
    pairs.filter(isWrong).map(({ message }) => `${messageKey(message)} (message ${message.id})`);

  return [
    compareSets("messages, by inbox and provider id", new Set(planned.keys()), stored.map(messageKey)),
    none(
      "… with another text, time or direction",
      wrong(
        ({ message, plan }) =>
          message.text !== plan.text || message.writtenAt !== plan.writtenAt || message.direction !== plan.direction,
      ),
    ),
    none(
      "… under another customer",
      wrong(
        ({ message, plan }) =>
          message.contactName !== plan.person.name ||
          message.identifiers.join() !== identifiersOf(plan.person).toSorted().join(),
      ),
    ),
    none(
      "… with another status than their provider's",
      wrong(({ message, plan }) => message.status !== expectedStatus(plan)),
    ),
    none(
      "… inbound without a ticket of their conversation",
      wrong(
        ({ message, plan }) => plan.direction === "INBOUND" && message.ticketConversationId !== message.conversationId,
      ),
    ),
  ];
}

function keyOf(message: PlannedMessage): string {
  return messageKey({ phoneNumberId: message.inbox.phoneNumberId, externalId: message.externalId });
}

function expectedStatus({ direction, statuses }: PlannedMessage): string {
  return direction === "INBOUND" ? "RECEIVED" : (statuses.at(-1) ?? "sent").toUpperCase();
}
