export { fillTicket, type UnderstoodMessage } from "./fill-ticket.ts";
export { asMessageUnderstanding, LOCAL, type FoundEntity, type MessageUnderstanding } from "./message-understanding.ts";
export {
  messageUnderstandingJson,
  understandingJson,
  understandTextInput,
  type MessageUnderstandingJson,
  type UnderstandingJson,
  type UnderstandTextInput,
} from "./schemas.ts";
export { showUnderstanding } from "./show-understanding.ts";
export { understandArrivals, type ArrivedMessage } from "./understand-arrivals.ts";
export { understandText } from "./understand-text.ts";
export { readUnderstanding, type MessageKey } from "./understanding-rows.ts";
