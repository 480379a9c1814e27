export { changeConversation } from "./change-conversation.ts";
export { findOrOpenConversation } from "./find-or-open-conversation.ts";
export { listConversations } from "./list-conversations.ts";
export { lockConversation, type LockedConversation } from "./lock-conversation.ts";
export { openConversation, type OpenedConversation } from "./open-conversation.ts";
export {
  changeConversationInput,
  conversationJson,
  listConversationsQuery,
  openConversationInput,
  outgoingInboxId,
  type ChangeConversationInput,
  type ConversationJson,
  type ListConversationsQuery,
  type OpenConversationInput,
} from "./schemas.ts";
export { noSuchConversation, showConversation } from "./show-conversation.ts";
