export { answerTicket } from "./answer-ticket.ts";
export {
  AI_AUTHOR,
  appendMessage,
  appendMessageAs,
  asAuthor,
  SYSTEM_AUTHOR,
  type MessageAuthor,
  type MessageDraft,
} from "./append-message.ts";
export { cancelMessage } from "./cancel-message.ts";
export { listAttempts } from "./list-attempts.ts";
export { listMentions } from "./list-mentions.ts";
export { listMessages } from "./list-messages.ts";
export { listConversationMessages, listTicketMessages } from "./list-thread.ts";
export { storedText, toAttachmentJson } from "./message-json.ts";
export { findObstacle } from "./may-write-to.ts";
export { rescheduleMessage } from "./reschedule-message.ts";
export { retryMessage } from "./retry-message.ts";
export {
  answerTicketInput,
  attachmentJson,
  attemptJson,
  listAttemptsQuery,
  listedMessageJson,
  listMentionsQuery,
  listMessagesQuery,
  listThreadQuery,
  MAX_TEXT,
  mentionJson,
  messageJson,
  rescheduleMessageInput,
  retryMessageInput,
  sendMessageInput,
  sendToAddressInput,
  type AnswerTicketInput,
  type AttachmentJson,
  type AttemptJson,
  type ListAttemptsQuery,
  type ListedMessageJson,
  type ListMentionsQuery,
  type ListMessagesQuery,
  type ListThreadQuery,
  type MentionJson,
  type MessageJson,
  type RescheduleMessageInput,
  type RetryMessageInput,
  type SendMessageInput,
  type SendToAddressInput,
} from "./schemas.ts";
export { sendScheduled } from "./send-scheduled.ts";
export { sendMessage } from "./send-message.ts";
export { sendToAddress } from "./send-to-address.ts";
export { showMessage } from "./show-message.ts";
