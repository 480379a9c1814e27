import type { MessageUnderstanding } from "./message-understanding.ts";
import type { UnderstandingJson } from "./schemas.ts";

export function toUnderstandingJson(understood: MessageUnderstanding): UnderstandingJson {
  const { language, sentiment, sentimentScore, intent, intentConfidence, urgency, wantsHuman, source } = understood;
  return {
    language,
    sentiment: { label: sentiment, score: sentimentScore },
    intent: { label: intent, confidence: intentConfidence },
    urgency,
    wantsHuman,
    entities: understood.entities.map(({ type, value }) => ({ type, value })),
    source,
  };
}
