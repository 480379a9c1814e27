import { domainToUnicode } from "node:url";
import type { PersonTraces } from "./person-traces.ts";

/** What of somebody's traces is looked for in a text without its signs, and what in it as it is, in lower case. */
export interface Needles {
  words: string[];
  digits: string[];
}

/** The last digits of a number, by which it is known however it is written. */
const NATIONAL_DIGITS = 9;
const SIGNS = /[\s()./-]+/g;
const PART_OF_WORD = /[\p{L}\p{N}]/u;

export function needlesOf({ identifiers }: PersonTraces): Needles {
  const numbers = identifiers.filter((value) => /^\+\d{9,}$/.test(value));
  const others = identifiers.filter((value) => !numbers.includes(value));
  return {
    words: [...new Set(others.flatMap(waysToWrite).map((value) => value.toLowerCase()))],
    digits: numbers.map((value) => value.slice(-NATIONAL_DIGITS)),
  };
}

/** A number is looked for without its sign, and the domain of an e-mail as people write it, too. */
function waysToWrite(value: string): string[] {
  const [local = "", domain] = value.split("@");
  return [value.replace(/^\+/, ""), ...(domain === undefined ? [] : [`${local}@${domainToUnicode(domain)}`])];
}

/** Whether a text that people or programs wrote speaks of the person. Words are so as a whole: "1" is not in "14". */
export function speaksOf(text: string, { words, digits }: Needles): boolean {
  const lower = text.toLowerCase();
  if (words.some((word) => hasWord(lower, word))) return true;
  const bare = text.replaceAll(SIGNS, "");
  return digits.some((number) => bare.includes(number));
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!PART_OF_WORD.test(text[at - 1] ?? "") && !PART_OF_WORD.test(text[at + word.length] ?? "")) return true;
  }
  return false;
}

/** Words as regular expressions of PostgreSQL, by which they are found as a whole, too. */
export function patternsOf(words: Iterable<string>): string[] {
  return [...words].map((word) => `(^|[^[:alnum:]])${word.replaceAll(/[!-/:-@[-\x60{-~]/g, "\\$&")}([^[:alnum:]]|$)`);
}
