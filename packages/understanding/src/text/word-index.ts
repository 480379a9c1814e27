const SHORTEST_BEGINNING = 2;
/** Longer than any that our lists hold; a word of ten thousand letters is no reason to look ten thousand times. */
const LONGEST_BEGINNING = 20;

/** Values by folded word, and by the beginnings of words. */
export interface WordIndex<T> {
  whole: ReadonlyMap<string, readonly T[]>;
  beginnings: ReadonlyMap<string, readonly T[]>;
}

/** Words that end in `*` stand for all that begin so. */
export function indexWords<T>(entries: Iterable<readonly [value: T, words: readonly string[]]>): WordIndex<T> {
  const whole = new Map<string, T[]>();
  const beginnings = new Map<string, T[]>();
  for (const [value, words] of entries) {
    for (const word of words) {
      const target = word.endsWith("*") ? beginnings : whole;
      const key = word.endsWith("*") ? word.slice(0, -1) : word;
      target.set(key, [...(target.get(key) ?? []), value]);
    }
  }
  return { whole, beginnings };
}

/** The values of `word`: of the beginnings that it has, from the shortest to the longest, and then its own. */
export function lookUp<T>({ whole, beginnings }: WordIndex<T>, word: string): T[] {
  const values: T[] = [];
  for (let length = SHORTEST_BEGINNING; length <= Math.min(word.length, LONGEST_BEGINNING); length += 1) {
    values.push(...(beginnings.get(word.slice(0, length)) ?? []));
  }
  values.push(...(whole.get(word) ?? []));
  return values;
}
