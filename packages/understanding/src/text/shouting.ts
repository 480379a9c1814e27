/** Shorter texts are capitals by habit or by keyboard. */
const LEAST_LETTERS = 12;
const MOSTLY = 0.7;
/** Enough to know how somebody writes. */
const MAX_LENGTH = 2_000;

/** Whether a text is written in capitals. */
export function isInCapitals(text: string): boolean {
  const letters = text.slice(0, MAX_LENGTH).match(/\p{L}/gu)?.join("") ?? "";
  const capitals = letters.match(/\p{Lu}/gu)?.length ?? 0;
  return letters.length >= LEAST_LETTERS && capitals / letters.length > MOSTLY;
}

export function hasExclamations(text: string): boolean {
  return /!\s?!/.test(text);
}

export function isShouted(text: string): boolean {
  return hasExclamations(text) || isInCapitals(text);
}
