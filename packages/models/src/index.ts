export { createModelClient, type ModelClientOptions } from "./call/create-model-client.ts";
export { linksIn } from "./checks/links-in.ts";
export { createCircuits, type Circuit, type Circuits } from "./circuit.ts";
export { costOf, type TokenPrice } from "./cost-of.ts";
export type { GenerateRequest, Generated, ModelClient } from "./model-client.ts";
export { ModelError, type ModelEffort, type ModelErrorKind } from "./model-error.ts";
export type { ModelSettings } from "./model-settings.ts";
export type { MaskPersonalData } from "./prompt/mask-strings.ts";
export type { TaskOptions } from "./run-task.ts";
export type { ConversationMessage } from "./tasks/conversation.ts";
export {
  suggestReply,
  type KnowledgeSource,
  type SuggestReplyInput,
  type SuggestedReply,
} from "./tasks/suggest-reply.ts";
export { summarizeTicket, type SummarizeTicketInput, type TicketSummary } from "./tasks/summarize-ticket.ts";
export { translate, type TranslateInput, type Translation } from "./tasks/translate.ts";
export { understandWithModel, type UnderstandInput } from "./tasks/understand.ts";
export type { TokenUsage } from "./token-usage.ts";
