import type { Entity } from "./entities/entity.ts";
import { findEntities, type EntityHints } from "./entities/find-entities.ts";
import { readCommonWords } from "./language/common-words.ts";
import { detectLanguage, type Language } from "./language/detect-language.ts";
import { wantsHuman } from "./human/wants-human.ts";
import { createIntentClassifier, type Intent } from "./intent/classify-intent.ts";
import { MAX_ANALYSED_LENGTH } from "./limits.ts";
import { readLexicons, type Lexicon, type Lexicons } from "./sentiment/lexicon.ts";
import { rateSentiment, type Sentiment } from "./sentiment/rate-sentiment.ts";
import { readSignals } from "./signals/find-signals.ts";
import { rateUrgency, type Urgency } from "./urgency/rate-urgency.ts";

export interface Understanding {
  language: Language;
  sentiment: Sentiment;
  intent: Intent;
  urgency: Urgency;
  entities: Entity[];
  /** The customer asks for a person, be it beside something else. */
  wantsHuman: boolean;
}

/**
 * What a customer wrote, understood on this machine: no model, no network, no key, and the same answer to the same text.
 * The first call reads our word lists and learns the intents from our lines, in about half a second. Only the first
 * 10,000 characters are read. In a language without a list of words, sentiment goes by emoji.
 */
export function understand(text: string, hints: EntityHints = {}): Understanding {
  const { commonWords, lexicons, classify, human, urgency } = (knowledge ??= gatherKnowledge());
  const read = text.slice(0, MAX_ANALYSED_LENGTH);
  const language = detectLanguage(read, commonWords);
  const sentiment = strongest(lexiconsFor(language.code, lexicons).map((lexicon) => rateSentiment(read, lexicon)));
  const intent = classify(read);
  return {
    language,
    sentiment,
    intent,
    urgency: rateUrgency(read, sentiment, intent, urgency),
    entities: findEntities(read, hints),
    wantsHuman: wantsHuman(read, intent, human),
  };
}

/** What does not change while the process lives. */
let knowledge: ReturnType<typeof gatherKnowledge> | undefined;

function gatherKnowledge() {
  return {
    commonWords: readCommonWords(),
    lexicons: readLexicons(),
    classify: createIntentClassifier(),
    human: readSignals("human"),
    urgency: { words: readSignals("urgency"), deadlines: readSignals("deadlines") },
  };
}

/** Where no language is sure, French and English are asked, and the one that has more to say is believed. */
function lexiconsFor(code: string | null, lexicons: Lexicons): Lexicon[] {
  if (code === null) return [lexicons.of("fr"), lexicons.of("en")];
  return [lexicons.of(code)];
}

function strongest(sentiments: readonly Sentiment[]): Sentiment {
  return sentiments.reduce((a, b) => (Math.abs(b.score) > Math.abs(a.score) ? b : a));
}
