export { findOrOpenConversation } from "./find-or-open-conversation.ts";
export { isWithinWindow } from "./is-within-window.ts";
export { listConversations } from "./list-conversations.ts";
export { CONVERSATION_COLUMNS, lockConversation, type LockedConversation } from "./lock-conversation.ts";
export { openConversation, type OpenedConversation } from "./open-conversation.ts";
export {
  changeConversationInput,
  conversationJson,
  listedConversationJson,
  listConversationsQuery,
  openConversationInput,
  outgoingInboxId,
  type ChangeConversationInput,
  type ConversationJson,
  type ListConversationsQuery,
  type ListedConversationJson,
  type OpenConversationInput,
} from "./schemas.ts";
export { markConversationRead, markConversationUnread, markRead } from "./mark-read.ts";
export { noSuchConversation, readConversation, showConversation } from "./show-conversation.ts";
export { unreadCondition } from "./unread.ts";
