export type {
  Amount,
  Carrier,
  Currency,
  EmailAddress,
  Entity,
  Marketplace,
  OrderNumber,
  Phone,
  TrackingNumber,
} from "./entities/entity.ts";
export { findEntities, type EntityHints } from "./entities/find-entities.ts";
export { createIntentClassifier, type Intent, type IntentClassifier } from "./intent/classify-intent.ts";
export { evaluateIntents, type IntentEvaluation } from "./intent/evaluate-intents.ts";
export { INTENT_LABELS, type IntentLabel } from "./intent/labels.ts";
export { INTENT_LANGUAGES, readIntentLines, type IntentLanguage, type IntentLine } from "./intent/read-lines.ts";
export type { Language } from "./language/detect-language.ts";
export { nameLanguage } from "./language/name-language.ts";
export { MAX_ANALYSED_LENGTH } from "./limits.ts";
export { maskPersonalData, type Masked } from "./masking/mask-personal-data.ts";
export type { Sentiment } from "./sentiment/rate-sentiment.ts";
export { understand, type Understanding } from "./understand.ts";
export type { Urgency } from "./urgency/rate-urgency.ts";
