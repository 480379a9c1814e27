import { readWordTable } from "../text/read-word-table.ts";
import { indexWords } from "../text/word-index.ts";
import type { IntentLabel } from "./labels.ts";
import { INTENT_LANGUAGES, readIntentLines } from "./read-lines.ts";
import { intentShares, trainIntents, type IntentModel } from "./train.ts";

/** Of labels that are less likely than this, about half are wrong: then nothing is claimed. */
const DOUBT = 0.35;

export interface Intent {
  label: IntentLabel;
  /** 0–1. Of what is classified with 0.8, about eight in ten are right. */
  confidence: number;
}

/** Answers what a text is about. Reads the lines and learns at the first question, in less than half a second. */
export type IntentClassifier = (text: string) => Intent;

/**
 * A classifier that has learned from the French and English lines together, so that it needs no language, and mixed
 * and short texts are no trouble. In doubt it answers `other` with the little confidence that the model has in that.
 */
export function createIntentClassifier(): IntentClassifier {
  let model: IntentModel | undefined;
  return (text) => {
    model ??= trainIntents(
      INTENT_LANGUAGES.flatMap((language) => readIntentLines("train", language)),
      indexWords(readWordTable("intents/word-classes.txt")),
    );
    const shares = intentShares(model, text);
    const other = shares.get("other") ?? 0;
    let best: Intent = { label: "other", confidence: other };
    for (const [label, confidence] of shares) if (confidence > best.confidence) best = { label, confidence };
    return best.confidence < DOUBT ? { label: "other", confidence: other } : best;
  };
}
