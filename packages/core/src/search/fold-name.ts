const MARKS = /\p{M}+/gu;
const LETTERS: Readonly<Record<string, string>> = { ß: "ss", œ: "oe", æ: "ae", ø: "o", ł: "l", đ: "d" };
const LETTER = /[ßœæøłđ]/gu;
const WORD = /[\p{L}\p{N}]+/gu;

/** A name as names are compared: without regard to case and accents. Lengths may change. */
export function foldName(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replace(MARKS, "")
    .replace(LETTER, (letter) => LETTERS[letter] ?? letter);
}

/** The words of a folded text: letters and digits without anything between them. */
export function wordsOf(folded: string): string[] {
  return folded.match(WORD) ?? [];
}
