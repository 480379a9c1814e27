import { eld } from "eld/extrasmall";
import { fold } from "../text/fold.ts";
import { lookUp } from "../text/word-index.ts";
import type { CommonWords } from "./common-words.ts";

/** A language is recognised by its first words, or not at all. */
const MAX_LENGTH = 1_000;
/** Below this no language is named. */
const LEAST_CONFIDENCE = 0.5;
/** How much words that we know weigh against pieces of words that the library knows. */
const WORDS_WEIGHT = 0.7;
/** The smaller, the surer of a small lead. */
const TEMPERATURE = 0.09;
/** So many letters are as much evidence as is needed; a known word is worth some. */
const ENOUGH_LETTERS = 24;
const LETTERS_PER_KNOWN_WORD = 8;

/**
 * The languages that buyers on European marketplaces write, of those that the library knows. The others are mostly
 * mistaken for these, when a text is short: Catalan, Albanian, Tagalog.
 */
const CANDIDATES = new Set(
  "fr en es de it pt nl pl ro cs sk hu sv da no fi hr sl el bg ru uk sr tr ar he fa zh ja ko hi".split(" "),
);

/** What is the same in all languages. */
const NEUTRAL = /https?:\/\/\S+|www\.\S+|\S{1,64}@\S{1,200}|\S*\d\S*|\p{Extended_Pictographic}/gu;

export interface Language {
  /** ISO 639-1; null when the text is too short, or too mixed, to tell. */
  code: string | null;
  /** 0–1, of the likeliest language, whether it is named or not. */
  confidence: number;
}

/** Names the language of `text`, from pieces of words (the library eld) and from common words, which short texts need. */
export function detectLanguage(text: string, commonWords: CommonWords): Language {
  const plain = text.slice(0, MAX_LENGTH).replaceAll(NEUTRAL, " ");
  const words = fold(plain).match(/\p{L}+/gu) ?? [];
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  if (letters === 0) return { code: null, confidence: 0 };

  const scores = new Map(Object.entries(eld.detect(plain).getScores()).filter(([code]) => CANDIDATES.has(code)));
  const known = countKnownWords(words, commonWords);
  for (const [code, count] of known.counts) {
    scores.set(code, (scores.get(code) ?? 0) + (WORDS_WEIGHT * count) / words.length);
  }
  const [code, share] = likeliest(scores);
  const evidence = Math.min(1, (letters + LETTERS_PER_KNOWN_WORD * known.words) / ENOUGH_LETTERS);
  const confidence = share * Math.sqrt(evidence);
  return { code: confidence < LEAST_CONFIDENCE ? null : code, confidence };
}

function countKnownWords(
  words: readonly string[],
  commonWords: CommonWords,
): { counts: Map<string, number>; words: number } {
  const counts = new Map<string, number>();
  let known = 0;
  for (const word of words) {
    const languages = lookUp(commonWords, word);
    if (languages.length > 0) known += 1 / languages.length;
    for (const language of languages) counts.set(language, (counts.get(language) ?? 0) + 1 / languages.length);
  }
  return { counts, words: known };
}

/** The language with the highest score, and its share when scores are turned into probabilities. */
function likeliest(scores: ReadonlyMap<string, number>): [code: string | null, share: number] {
  let best: string | null = null;
  let highest = 0;
  for (const [code, score] of scores) {
    if (score > highest) [best, highest] = [code, score];
  }
  let total = 0;
  for (const score of scores.values()) total += Math.exp((score - highest) / TEMPERATURE);
  return [best, best === null ? 0 : 1 / total];
}
