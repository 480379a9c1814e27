import type { ClaimedContact } from "../contacts/index.ts";
import type { LockedConversation } from "./open-conversations.ts";
import type { RoutedMessage } from "./route-parts.ts";

/** A message that is new to us, with everything it hangs on. */
export interface IncomingMessage extends RoutedMessage {
  contact: ClaimedContact;
  conversation: LockedConversation;
}
