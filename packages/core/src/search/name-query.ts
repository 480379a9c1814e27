import { escapeLike } from "./contains-text.ts";
import { foldName, wordsOf } from "./fold-name.ts";
import { isGuessed, neighboursOf, termsOfPart } from "./name-terms.ts";

/** What is asked of `search_contacts`. */
export interface NameQuery {
  /** As tsquery: the terms of all parts. */
  exact: string;
  /** What the text must contain besides, as patterns of LIKE. */
  patterns: string[];
  /** As tsquery: the same with a letter wrong in each word; empty when there is nothing to guess. */
  misspelt: string;
}

const NUMBER = /^[+\d\s()./-]+$/;
/** Whatever has other signs in it is no name that somebody mistypes. */
const NAME = /^[\p{L}\p{N}'’-]+$/u;
const MAX_PARTS = 10;

/** What somebody looks for in names, addresses and numbers. Each word is to be a part of one of them. */
export function readNameQuery(typed: string): NameQuery {
  const parts = partsOf(typed);
  const words = parts.flatMap(wordsOf);
  const exact = words.map((word) => allOf(termsOfPart(word)));
  const guesses = words.map((word) =>
    isGuessed(word) ? anyOf([allOf(termsOfPart(word)), ...neighboursOf(word).map(quote)]) : allOf(termsOfPart(word)),
  );
  return {
    exact: exact.join(" & "),
    patterns: parts.map((part) => `%${escapeLike(part)}%`),
    misspelt: words.some(isGuessed) && parts.every((part) => NAME.test(part)) ? guesses.join(" & ") : "",
  };
}

/** What is looked for, folded: word by word, or a number without what people put between its digits. */
export function partsOf(typed: string): string[] {
  if (NUMBER.test(typed) && /\d/.test(typed)) return [significantDigits(typed)];
  return [...new Set(foldName(typed).split(/\s+/u).filter(Boolean))].slice(0, MAX_PARTS);
}

/** Without what stands for a country or a trunk: 00, the 0 before an area, and the one in brackets behind a country. */
function significantDigits(typed: string): string {
  const isInternational = /^\s*(?:\+|00)/.test(typed);
  const spoken = isInternational ? typed.replace(/\(\s*0/, "(") : typed;
  const digits = spoken.replace(/\D/g, "");
  return digits.replace(/^0{1,2}(?=\d{3})/, "");
}

function allOf(terms: readonly string[]): string {
  return `(${terms.map(quote).join(" & ")})`;
}

function anyOf(alternatives: readonly string[]): string {
  return `(${alternatives.join(" | ")})`;
}

/** Terms are letters and digits with a sign of ours before them. */
function quote(term: string): string {
  return `'${term}'`;
}
