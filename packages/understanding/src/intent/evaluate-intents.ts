import type { IntentClassifier } from "./classify-intent.ts";
import { INTENT_LABELS, type IntentLabel } from "./labels.ts";
import { readIntentLines, type IntentLanguage } from "./read-lines.ts";

export interface IntentEvaluation {
  lines: number;
  /** The share of held-out lines whose label is found, 0–1. */
  accuracy: number;
  /**
   * Expected calibration error, 0–1: by how much confidence and the share of right answers part, on average over tenths
   * of confidence, each by its number of lines.
   */
  calibrationError: number;
  /** `confusion[is][found]`: how often. */
  confusion: Record<IntentLabel, Record<IntentLabel, number>>;
}

/** Measures a classifier on the held-out lines of a language, none of which it has learned from. */
export function evaluateIntents(classify: IntentClassifier, language: IntentLanguage): IntentEvaluation {
  const lines = readIntentLines("heldout", language);
  const confusion = perLabel(() => perLabel(() => 0));
  const tenths = Array.from({ length: 10 }, () => ({ confidence: 0, right: 0 }));
  let right = 0;
  for (const { label, text } of lines) {
    const found = classify(text);
    confusion[label][found.label] += 1;
    const isRight = found.label === label ? 1 : 0;
    right += isRight;
    const tenth = tenths[Math.min(9, Math.floor(found.confidence * 10))];
    if (!tenth) throw new Error(`${found.confidence} is no confidence`);
    tenth.confidence += found.confidence;
    tenth.right += isRight;
  }
  const parted = tenths.reduce((sum, tenth) => sum + Math.abs(tenth.confidence - tenth.right), 0);
  return { lines: lines.length, accuracy: right / lines.length, calibrationError: parted / lines.length, confusion };
}

function perLabel<T>(value: () => T): Record<IntentLabel, T> {
  return Object.fromEntries(INTENT_LABELS.map((label) => [label, value()])) as Record<IntentLabel, T>;
}
