import { readWordTable } from "../text/read-word-table.ts";
import { indexWords, lookUp, type WordIndex } from "../text/word-index.ts";

const LONGEST_PHRASE = 4;

/** Words and phrases (words joined by `_`) by the signal that they give. */
export type Signals = WordIndex<string>;

/** The signals of `data/signals/<name>.txt`. */
export function readSignals(name: string): Signals {
  return indexWords(readWordTable(`signals/${name}.txt`));
}

/** Which signals `tokens` give, with the places of the words or of the phrases' first words. */
export function findSignals(tokens: readonly string[], signals: Signals): Map<string, number[]> {
  const found = new Map<string, number[]>();
  const add = (name: string, at: number): unknown => found.set(name, [...(found.get(name) ?? []), at]);
  for (const [at, token] of tokens.entries()) {
    for (const name of lookUp(signals, token)) add(name, at);
    for (let length = 2; length <= LONGEST_PHRASE; length += 1) {
      const phrase = tokens.slice(at, at + length).join("_");
      for (const name of signals.whole.get(phrase) ?? []) add(name, at);
    }
  }
  return found;
}

/** Whether a place of `first` is followed by one of `second` within `reach` words. */
export function isFollowedBy(first: readonly number[] = [], second: readonly number[] = [], reach: number): boolean {
  return first.some((from) => second.some((to) => to > from && to - from <= reach));
}
