import type { Finders } from "../listed/index.ts";
import { contactOfConversation, senderOf, ticketOf } from "../references/index.ts";
import type { messageIncludes, MessageJson } from "./schemas.ts";

/** How what `include` names is found. */
export const MESSAGE_FINDERS: Finders<MessageJson, typeof messageIncludes> = {
  sender: senderOf(({ senderId }) => senderId),
  contact: contactOfConversation(({ conversationId }) => conversationId),
  ticket: ticketOf(({ ticketId }) => ticketId),
};
