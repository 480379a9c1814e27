import { randomBytes } from "node:crypto";
import type { Json } from "./mask-strings.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** A word of 16 letters that nobody guesses. Letters only: nothing that looks for numbers takes it for one. */
export function secretWord(): string {
  return Array.from(randomBytes(16), (byte) => LETTERS[byte % LETTERS.length]).join("");
}

/**
 * Data as a prompt shows it: JSON between two lines that name `mark`. What people wrote can neither end a JSON string nor
 * write such a line: `<` is written as its number, and nobody knows the mark.
 */
export function dataBlock(data: Json, mark: string): string {
  return `<data-${mark}>\n${JSON.stringify(data).replaceAll("<", String.raw`\u003c`)}\n</data-${mark}>`;
}
