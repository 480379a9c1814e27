import type { Ledger } from "@parley/simulator";
import { compareSets, none, type Check } from "../harness/comparison.ts";
import type { AcceptedReply, ReplyLedger } from "./post-replies.ts";
import { messageIdOf, type SentMessage } from "./sent-message.ts";

/** Every reply that the API accepted is one message, and arrives as it was written, where it belongs. */
export function checkReplies(replies: ReplyLedger, messages: readonly SentMessage[], ledger: Ledger): Check[] {
  const planned = new Map(replies.accepted.map((entry) => [entry.messageId, entry]));
  const known = new Set(messages.map(({ stored }) => stored.id));
  return [
    none("posts refused", replies.refused),
    none("twins of one Idempotency-Key with two ids", replies.unequalTwins),
    compareSets(
      "messages, by the id that the API gave",
      new Set(planned.keys()),
      messages.map(({ stored }) => stored.id),
    ),
    none(
      "messages with another text or conversation",
      messages
        .filter(({ stored }) => !isAsWritten(stored, planned.get(stored.id)))
        .map(({ stored }) => `message ${stored.id}: "${stored.text}"`),
    ),
    none(
      "accepted by the provider with another text, number or recipient",
      ledger.accepted
        .filter(({ opaque, text, to, phoneNumberId }) => {
          const reply = planned.get(messageIdOf(opaque))?.reply;
          return reply?.text !== text || reply?.thread.customer !== to || reply?.thread.phoneNumberId !== phoneNumberId;
        })
        .map(({ id, to }) => `${id} to ${to}`),
    ),
    none(
      "accepted by the provider for a message that does not exist",
      ledger.accepted.filter(({ opaque }) => !known.has(messageIdOf(opaque))).map(({ id }) => id),
    ),
  ];
}

function isAsWritten(
  stored: { text: string | null; conversationId: string },
  accepted: AcceptedReply | undefined,
): boolean {
  return accepted?.reply.text === stored.text && accepted.reply.thread.conversationId === stored.conversationId;
}

/** Within a conversation replies stand in the order in which the API accepted them, and reach the provider in it. */
export function checkSendOrder(replies: ReplyLedger, messages: readonly SentMessage[]): Check[] {
  const positions = new Map(replies.accepted.map(({ messageId, reply }) => [messageId, reply.position]));
  const displaced: string[] = [];
  const overtaken: string[] = [];
  for (const [conversationId, list] of Map.groupBy(messages, ({ stored }) => stored.conversationId)) {
    let lastPosition = -1;
    let lastAcceptedAt = 0;
    for (const { stored, provider } of list) {
      const position = positions.get(stored.id) ?? -1;
      if (position < lastPosition) displaced.push(`message ${stored.id} in conversation ${conversationId}`);
      lastPosition = position;
      const acceptedAt = provider.accepted[0]?.at;
      if (acceptedAt === undefined) continue;
      if (acceptedAt < lastAcceptedAt) overtaken.push(`message ${stored.id} in conversation ${conversationId}`);
      lastAcceptedAt = acceptedAt;
    }
  }
  return [
    none("messages out of the order of acceptance", displaced),
    none("messages that left before an earlier one", overtaken),
  ];
}
