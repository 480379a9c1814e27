import { readWordTable } from "../text/read-word-table.ts";
import { indexWords, type WordIndex } from "../text/word-index.ts";

/** In which languages a folded word is common; of most words, in none that we have a list of. */
export type CommonWords = WordIndex<string>;

export function readCommonWords(): CommonWords {
  return indexWords(readWordTable("languages/common-words.txt").map(([code, words]) => [code, [...new Set(words)]]));
}
