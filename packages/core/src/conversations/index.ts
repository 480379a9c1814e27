export { changeConversation } from "./change-conversation.ts";
export { findOrOpenConversation } from "./find-or-open-conversation.ts";
export { listConversations } from "./list-conversations.ts";
export { lockConversation, type LockedConversation } from "./lock-conversation.ts";
export {
  changeConversationInput,
  conversationJson,
  listConversationsQuery,
  type ChangeConversationInput,
  type ConversationJson,
  type ListConversationsQuery,
} from "./schemas.ts";
export { noSuchConversation, showConversation } from "./show-conversation.ts";
