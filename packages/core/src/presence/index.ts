export { enterConversation, leaveConversation } from "./enter-conversation.ts";
export { createPresenceBoard, type PresenceBoard } from "./presence-board.ts";
export type { PresenceContext } from "./presence-context.ts";
export { enterConversationInput, presenceJson, type EnterConversationInput, type PresenceJson } from "./schemas.ts";
