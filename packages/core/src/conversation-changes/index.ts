export { changeConversation } from "./change-conversation.ts";
