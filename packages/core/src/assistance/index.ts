export {
  composeReply,
  type ComposedReply,
  type NoReply,
  type ReplyQuestion,
  type ReplySource,
} from "./compose-reply.ts";
export {
  ticketSummaryJson,
  translateInput,
  translationJson,
  type TicketSummaryJson,
  type TranslateInput,
  type TranslationJson,
} from "./schemas.ts";
export { summarizeTicket } from "./summarize-ticket.ts";
export { translateText } from "./translate-text.ts";
export { suggestReply } from "./suggest-reply.ts";
