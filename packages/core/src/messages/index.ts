export { answerTicket } from "./answer-ticket.ts";
export { listAttempts } from "./list-attempts.ts";
export { listMessages } from "./list-messages.ts";
export { listConversationMessages, listTicketMessages } from "./list-thread.ts";
export { retryMessage } from "./retry-message.ts";
export {
  answerTicketInput,
  attemptJson,
  listAttemptsQuery,
  listMessagesQuery,
  listThreadQuery,
  messageJson,
  retryMessageInput,
  sendMessageInput,
  sendToAddressInput,
  type AnswerTicketInput,
  type AttemptJson,
  type ListAttemptsQuery,
  type ListMessagesQuery,
  type ListThreadQuery,
  type MessageJson,
  type RetryMessageInput,
  type SendMessageInput,
  type SendToAddressInput,
} from "./schemas.ts";
export { sendMessage } from "./send-message.ts";
export { sendToAddress } from "./send-to-address.ts";
export { showMessage } from "./show-message.ts";
