import { foldName, wordsOf } from "./fold-name.ts";

const GRAM = 3;
/** Shorter ones have too many neighbours to be guessed at. */
const LEAST_GUESSED = 4;
/** Whatever is longer is no word that somebody mistypes. */
const MOST_GUESSED = 24;
const MAX_TEXT = 2_000;
const MAX_TERMS = 1_000;

/** What the index holds of a contact: `text`, in which parts are looked for, and the terms by which it is found. */
export interface NameDocument {
  text: string;
  terms: string[];
}

/** A contact as the index holds it: its name and the values of its identifiers, a line each. */
export function describeName(name: string | null, values: readonly string[]): NameDocument {
  const text = [name ?? "", ...values.flatMap(spellings)].map(foldName).join("\n").slice(0, MAX_TEXT);
  const terms = new Set<string>();
  for (const word of wordsOf(text)) {
    for (const length of [1, 2]) terms.add(`^${word.slice(0, length)}`);
    for (const gram of gramsOf(word)) terms.add(gram);
  }
  for (const word of wordsOf(foldName(name ?? ""))) {
    for (const neighbour of neighboursOf(word)) terms.add(neighbour);
  }
  return { text, terms: [...terms].slice(0, MAX_TERMS) };
}

/** The terms that whatever contains `word` has; of one or two letters, whatever has a word that begins with them. */
export function termsOfPart(word: string): string[] {
  return word.length < GRAM ? [`^${word}`] : [...new Set(gramsOf(word))];
}

/**
 * The word, and what is left of it without one of its letters. Two words of which one is the other with a letter too much, too
 * few, another one, or two that are swapped have one of these in common.
 */
export function neighboursOf(word: string): string[] {
  if (word.length < GRAM || word.length > MOST_GUESSED || !/^\p{L}+$/u.test(word)) return [];
  const letters = Array.from(word);
  return [...new Set([word, ...letters.map((_letter, at) => letters.toSpliced(at, 1).join(""))])].map(
    (neighbour) => `=${neighbour}`,
  );
}

/** Whether a word that nobody has is worth a guess. */
export function isGuessed(word: string): boolean {
  return word.length >= LEAST_GUESSED && neighboursOf(word).length > 0;
}

/** A number that is written in groups is found without what stands between them, too. */
function spellings(value: string): string[] {
  const digits = /^[\d\s()./-]+$/.test(value) ? value.replace(/\D/g, "") : value;
  return digits === value ? [value] : [value, digits];
}

function gramsOf(word: string): string[] {
  return Array.from({ length: Math.max(0, word.length - GRAM + 1) }, (_empty, at) => word.slice(at, at + GRAM));
}
