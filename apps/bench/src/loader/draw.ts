import { createHash } from "node:crypto";
import pg from "pg";

/**
 * SQL expressions for what is left to chance. Each is a hash of the seed, the name of the `choice` and a row's number:
 * the same row gets the same value in whatever order and however many rows are made, and two choices do not depend on
 * each other.
 */
export interface Draw {
  /** A double in [0, 1). */
  chance(choice: string, row: string): string;
  /** A whole number from 0 to `count` - 1; `count` is an expression too. */
  below(choice: string, row: string, count: string | number): string;
  /** One of several texts, all as likely as each other. */
  oneOf(choice: string, row: string, texts: readonly string[]): string;
  /** One of several texts by their weights. */
  weighted(choice: string, row: string, weights: Readonly<Record<string, number>>): string;
}

/** Bits of a double's mantissa. */
const PRECISION = 2 ** 52;

/** `seed` is any text; rows are numbered from 0, and below 2^31. */
export function createDraw(seed: string): Draw {
  const chance = (choice: string, row: string): string =>
    `((hashint8extended((${row})::bigint, ${saltOf(seed, choice)}) & ${PRECISION - 1})::float8 / ${PRECISION})`;
  const below = (choice: string, row: string, count: string | number): string =>
    `floor(${chance(choice, row)} * (${count}))::int`;

  return {
    chance,
    below,
    oneOf: (choice, row, texts) => `(${textArray(texts)})[1 + ${below(choice, row, texts.length)}]`,
    weighted: (choice, row, weights) => {
      const bounds = upperBounds(Object.values(weights));
      const index = `width_bucket(${chance(choice, row)}, array[${bounds.join(",")}]::float8[])`;
      return `(${textArray(Object.keys(weights))})[1 + ${index}]`;
    },
  };
}

export function textArray(texts: readonly string[]): string {
  return `array[${texts.map((text) => pg.escapeLiteral(text)).join(",")}]::text[]`;
}

/** Where each but the last ends, as parts of 1. */
function upperBounds(weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  let soFar = 0;
  return weights.slice(0, -1).map((weight) => (soFar += weight) / sum);
}

/** A signed number of 64 bits, as SQL. */
function saltOf(seed: string, choice: string): string {
  const salt = createHash("sha256").update(`${seed}/${choice}`).digest().readBigInt64BE();
  return `'${salt}'::bigint`;
}
