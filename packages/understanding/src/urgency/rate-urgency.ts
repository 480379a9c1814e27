import type { Intent } from "../intent/classify-intent.ts";
import type { IntentLabel } from "../intent/labels.ts";
import type { Sentiment } from "../sentiment/rate-sentiment.ts";
import { findSignals, isFollowedBy, type Signals } from "../signals/find-signals.ts";
import { hasExclamations, isInCapitals } from "../text/shouting.ts";
import { tokenize } from "../text/tokens.ts";

/** What a message without any signal scores. */
const ORDINARY = 0.3;
const LOW_BELOW = 0.2;
const HIGH_FROM = 0.6;
const VERY_NEGATIVE = -0.75;
/** "avant samedi", "by next Friday". */
const DEADLINE_REACH = 2;

const SIGNAL_POINTS: Readonly<Record<string, number>> = {
  urgent_words: 0.35,
  not_urgent: -0.3,
  repeated: 0.2,
  legal_threat: 0.3,
  safety: 0.5,
};

const INTENT_POINTS: Readonly<Partial<Record<IntentLabel, number>>> = {
  complaint: 0.15,
  // Both are of use only until the parcel leaves.
  cancellation: 0.15,
  address_change: 0.15,
  human_request: 0.1,
  order_issue: 0.05,
  delivery: 0.05,
  product_question: -0.05,
  other: -0.15,
  thanks: -0.3,
  spam: -1,
};

export interface Urgency {
  label: "low" | "normal" | "high";
  /** 0–1. */
  score: number;
  /** What was counted, in words such as `urgent_words`, `deadline`, `intent:complaint`. */
  reasons: string[];
}

export interface UrgencySignals {
  words: Signals;
  deadlines: Signals;
}

/** How much a message hurries, as a sum of points that `reasons` names. */
export function rateUrgency(text: string, sentiment: Sentiment, intent: Intent, signals: UrgencySignals): Urgency {
  const tokens = tokenize(text);
  const points = new Map<string, number>();
  const found = findSignals(tokens, signals.words);
  for (const [signal, value] of Object.entries(SIGNAL_POINTS)) if (found.has(signal)) points.set(signal, value);
  // "pas urgent" holds the word as well.
  if (points.has("not_urgent")) points.delete("urgent_words");
  const deadlines = findSignals(tokens, signals.deadlines);
  if (isFollowedBy(deadlines.get("until"), deadlines.get("when"), DEADLINE_REACH)) points.set("deadline", 0.25);
  if (isInCapitals(text)) points.set("capitals", 0.1);
  if (hasExclamations(text)) points.set("exclamations", 0.1);
  if (sentiment.label === "negative") points.set("negative_sentiment", sentiment.score < VERY_NEGATIVE ? 0.2 : 0.1);
  const ofIntent = INTENT_POINTS[intent.label];
  if (ofIntent !== undefined) points.set(`intent:${intent.label}`, ofIntent);

  const sum = [...points.values()].reduce((total, value) => total + value, ORDINARY);
  const score = Math.min(1, Math.max(0, Math.round(sum * 100) / 100));
  const label = score < LOW_BELOW ? "low" : score >= HIGH_FROM ? "high" : "normal";
  return { label, score, reasons: [...points.keys()] };
}
