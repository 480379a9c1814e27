import { shorten } from "@parley/runtime";

/** One message of a conversation, oldest first in a list. */
export interface ConversationMessage {
  /** `agent` is everybody who writes for the company, machines included. */
  from: "contact" | "agent";
  text: string;
}

const MOST_MESSAGES = 40;
const LONGEST_MESSAGE = 4_000;
const LONGEST_CONVERSATION = 24_000;

/** The newest messages that fit into a prompt, in characters; a longer message ends with "…". */
export function newestMessages(conversation: readonly ConversationMessage[]): ConversationMessage[] {
  const kept: ConversationMessage[] = [];
  let length = 0;
  for (const { from, text } of conversation.slice(-MOST_MESSAGES).toReversed()) {
    const short = shorten(text, LONGEST_MESSAGE);
    length += short.length;
    if (length > LONGEST_CONVERSATION) break;
    kept.unshift({ from, text: short });
  }
  return kept;
}
