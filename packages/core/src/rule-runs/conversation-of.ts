import type { LockedConversation } from "../conversations/index.ts";
import type { RuleEvent } from "../rule-events/index.ts";
import type { LockedTicket } from "../tickets/index.ts";

/**
 * Where a rule looks and answers: in the conversation that the event is about, which is another one than the ticket's when
 * the customer wrote in one whose ticket was merged into this one. Undefined when it is none of them any more.
 */
export function conversationOf(
  { conversationId }: Pick<RuleEvent, "conversationId">,
  { conversation, mergedConversations = [] }: LockedTicket,
): LockedConversation | undefined {
  if (conversationId === null) return conversation;
  return [conversation, ...mergedConversations].find(({ id }) => id === conversationId);
}
