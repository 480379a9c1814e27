export { askModel, type ModelAnswer, type NoAnswerReason } from "./ask-model.ts";
export { DEFAULT_AI_SETTINGS, readAiSettings, readAiSettingsOf, sealApiKey, type AiSettings } from "./ai-settings.ts";
export { changeAiSettings } from "./change-ai-settings.ts";
export { forgetHandOffTeam } from "./forget-hand-off-team.ts";
export { listModelCalls } from "./list-model-calls.ts";
export { createModelAccess, type ModelAccess } from "./model-access.ts";
export type { ModelContext } from "./model-context.ts";
export { readModelConfig, type ModelConfig } from "./read-model-config.ts";
export {
  aiSettingsJson,
  changeAiSettingsInput,
  listModelCallsQuery,
  modelCallJson,
  spendJson,
  type AiSettingsJson,
  type ChangeAiSettingsInput,
  type ListModelCallsQuery,
  type ModelCallJson,
  type SpendJson,
} from "./schemas.ts";
export { settleStrandedCalls } from "./settle-stranded-calls.ts";
export { showAiSettings } from "./show-ai-settings.ts";
export { showSpend } from "./show-spend.ts";
