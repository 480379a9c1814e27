import { isShouted } from "../text/shouting.ts";
import { isClauseMark, tokenize } from "../text/tokens.ts";
import type { Lexicon } from "./lexicon.ts";

const LONGEST_PHRASE = 4;

/** How many words back a negation reaches: "je ne suis pas du tout content". */
const NEGATION_REACH = 3;
const NEGATED = -0.75;
const MORE = 1.4;
const LESS = 0.6;
/** What stands before "but" is politeness. */
const BEFORE_BUT = 0.5;
const SHOUTED = 1.2;
/** Turns the sum of values into -1..1: a single strong word gives 0.6, two give 0.84. */
const SOFTENING = 15;
/** A bare "merci" at the end of a request is no mood. */
const LEAST_SCORE = 0.3;

export interface Sentiment {
  label: "positive" | "neutral" | "negative";
  /** -1 (furious) to 1 (delighted). */
  score: number;
}

/** The mood of a text by a lexicon of its language, heeding negations, degrees, "but", and shouting. */
export function rateSentiment(text: string, lexicon: Lexicon): Sentiment {
  const tokens = tokenize(text);
  let sum = 0;
  let sinceNegation = Infinity;
  let degree = 1;
  for (let at = 0; at < tokens.length;) {
    const token = tokens[at] ?? "";
    const phrase = findPhrase(tokens, at, lexicon);
    const modifier = phrase ? undefined : lexicon.modifierOf(token);
    if (isClauseMark(token) || modifier === "but") {
      sinceNegation = Infinity;
      degree = 1;
      if (modifier === "but") sum *= BEFORE_BUT;
    } else if (modifier === "not") {
      sinceNegation = 0;
    } else if (modifier === "more" || modifier === "less") {
      degree = modifier === "more" ? MORE : LESS;
      sinceNegation += 1;
    } else {
      // A phrase says what it says with its own negation: "aucune excuse", "no problem".
      const isNegated = phrase === undefined && sinceNegation < NEGATION_REACH;
      const value = phrase?.value ?? lexicon.valueOf(token) ?? 0;
      sum += value * degree * (isNegated ? NEGATED : 1);
      if (value !== 0) [sinceNegation, degree] = [Infinity, 1];
      sinceNegation += 1;
    }
    at += phrase?.length ?? 1;
  }
  if (isShouted(text)) sum *= SHOUTED;
  const score = sum / Math.sqrt(sum * sum + SOFTENING);
  return { label: score >= LEAST_SCORE ? "positive" : score <= -LEAST_SCORE ? "negative" : "neutral", score };
}

function findPhrase(
  tokens: readonly string[],
  at: number,
  lexicon: Lexicon,
): { value: number; length: number } | undefined {
  for (let length = LONGEST_PHRASE; length > 1; length -= 1) {
    if (at + length > tokens.length) continue;
    const value = lexicon.valueOfPhrase(tokens.slice(at, at + length).join("_"));
    if (value !== undefined) return { value, length };
  }
  return undefined;
}
