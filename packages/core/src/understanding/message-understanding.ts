import type { Understanding } from "@parley/understanding";

/** Something that a message names: an order, a tracking number, an address to write to. As `packages/understanding` finds it. */
export type FoundEntity = Understanding["entities"][number];

/** What was made of a customer's message. */
export interface MessageUnderstanding {
  /** ISO 639-1; null when nobody can tell. */
  language: string | null;
  sentiment: string;
  /** -1 to 1 */
  sentimentScore: number;
  intent: string;
  /** 0 to 1 */
  intentConfidence: number;
  urgency: string;
  wantsHuman: boolean;
  entities: FoundEntity[];
  /** "local", or the model. */
  source: string;
}

export const LOCAL = "local";

export function asMessageUnderstanding(understood: Understanding, source: string): MessageUnderstanding {
  const { language, sentiment, intent, urgency, wantsHuman, entities } = understood;
  return {
    language: language.code,
    sentiment: sentiment.label,
    sentimentScore: sentiment.score,
    intent: intent.label,
    intentConfidence: intent.confidence,
    urgency: urgency.label,
    wantsHuman,
    entities: [...entities],
    source,
  };
}
