import { fold } from "./fold.ts";

/** Words, figures, and the signs that end a clause. */
const TOKEN = /\p{L}+|\d+|[.!?;:,]|\p{Extended_Pictographic}/gu;
const NOT_CONTRACTED = /n't\b/g;

/** Folded words, figures, clause marks and emoji, in order. Apostrophes part words; "don't" is "do", "not". */
export function tokenize(text: string): string[] {
  return fold(text).replaceAll(NOT_CONTRACTED, " not").match(TOKEN) ?? [];
}

export function isClauseMark(token: string): boolean {
  return /^[.!?;:,]$/.test(token);
}
