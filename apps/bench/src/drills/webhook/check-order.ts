import { none, type Check } from "../harness/comparison.ts";
import type { WebhookLedger } from "./post-webhooks.ts";
import { messageKey, type StoredMessage } from "./stored-message.ts";

/** When a message can have arrived: told first at `earliest`, certainly there at `latest`. */
interface Arrival {
  earliest: number;
  latest: number;
}

/**
 * Within a conversation messages stand by their provider's time, then by arrival. Of two messages with the same time
 * only those are compared of which one was acknowledged before the other was posted at all: what is under way at the
 * same time has no order.
 */
export function checkOrder(ledger: WebhookLedger, stored: readonly StoredMessage[]): Check[] {
  const arrivals = arrivalsOf(ledger);
  const broken: string[] = [];
  let compared = 0;
  for (const list of Map.groupBy(stored, (message) => `${message.conversationId} ${message.writtenAt}`).values()) {
    for (const [index, after] of list.entries()) {
      for (const before of list.slice(0, index)) {
        const first = arrivals.get(messageKey(before));
        const second = arrivals.get(messageKey(after));
        if (!first || !second) continue;
        if (first.latest < second.earliest) compared += 1;
        if (second.latest < first.earliest) {
          compared += 1;
          broken.push(
            `${messageKey(after)} arrived before ${messageKey(before)} (conversation ${after.conversationId})`,
          );
        }
      }
    }
  }
  return [{ name: `order of arrival within a second (${compared} pairs)`, expected: 0, found: broken.length, broken }];
}

function arrivalsOf(ledger: WebhookLedger): Map<string, Arrival> {
  const arrivals = new Map<string, Arrival>();
  for (const { payload, firstSentAt, acknowledgedAt } of ledger.acknowledged) {
    for (const update of payload.updates) {
      if (update.kind !== "message") continue;
      const { inbox, externalId } = update.message;
      const key = messageKey({ phoneNumberId: inbox.phoneNumberId, externalId });
      const known = arrivals.get(key);
      arrivals.set(key, {
        earliest: Math.min(known?.earliest ?? Infinity, firstSentAt),
        latest: Math.max(known?.latest ?? 0, acknowledgedAt),
      });
    }
  }
  return arrivals;
}

/** What a conversation says of its messages: which is the last, and how many of them nobody has read. */
export function checkSummaries(
  stored: readonly StoredMessage[],
  conversations: readonly { id: string; lastMessageId: string | null; unreadCount: number }[],
): Check[] {
  const messagesOf = Map.groupBy(stored, (message) => message.conversationId);
  const summaries = conversations.map(({ id, lastMessageId, unreadCount }) => {
    const messages = messagesOf.get(id) ?? [];
    const inbound = messages.filter((message) => message.direction === "INBOUND").length;
    return {
      id,
      wrongLast: messages.at(-1)?.id !== lastMessageId,
      wrongUnread: inbound !== unreadCount,
      unreadCount,
      inbound,
    };
  });
  return [
    none(
      "conversations with another last message than their newest",
      summaries.filter((summary) => summary.wrongLast).map(({ id }) => id),
    ),
    none(
      "conversations that count their unread messages wrongly",
      summaries
        .filter((summary) => summary.wrongUnread)
        .map(({ id, unreadCount, inbound }) => `${id}: ${unreadCount} instead of ${inbound}`),
    ),
  ];
}
