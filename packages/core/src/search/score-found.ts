import { foldName, wordsOf } from "./fold-name.ts";
import { partsOf } from "./name-query.ts";
import type { MatchedBy } from "./schemas.ts";

const DAY_MS = 86_400_000;
/** After so many days what was said is worth half of its recency. */
const HALF_LIFE_DAYS = 90;
/** How much of a text's score is its recency. */
const RECENCY_SHARE = 0.4;
/** The rank of a word that stands once in a text. */
const USUAL_RANK = 0.1;

/** Above whatever is like it. */
export const EXACT_SCORE = 2;

export interface Scored {
  score: number;
  matchedBy: MatchedBy;
}

/** 0 to 1: how well a text fits, by its rank in PostgreSQL, and how recent it is. */
export function scoreText(rank: number, at: Date, asOf: Date): number {
  const days = Math.max(0, asOf.getTime() - at.getTime()) / DAY_MS;
  const recency = 1 / (1 + days / HALF_LIFE_DAYS);
  return rounded((rank / (rank + USUAL_RANK)) * (1 - RECENCY_SHARE + RECENCY_SHARE * recency));
}

/** How well a contact fits what was typed. An identifier or a name as it stands is first, then how words begin, then parts. */
export function scoreContact(
  typed: string,
  { name, values, isMisspelt }: { name: string | null; values: readonly string[]; isMisspelt: boolean },
): Scored {
  const parts = partsOf(typed);
  const whole = parts.join(" ");
  const folded = foldName(name ?? "");
  if (values.some((value) => foldName(value) === whole || value.replace(/\D/g, "") === whole)) {
    return { score: EXACT_SCORE, matchedBy: "EXACT" };
  }
  if (folded === whole) return { score: 1, matchedBy: "NAME" };
  if (isMisspelt) return { score: 0.4, matchedBy: "SIMILAR_NAME" };
  const words = wordsOf(folded);
  if (parts.every((part) => words.includes(part))) return { score: 0.9, matchedBy: "NAME" };
  if (parts.every((part) => words.some((word) => word.startsWith(part)))) return { score: 0.8, matchedBy: "NAME" };
  return { score: 0.6, matchedBy: "NAME" };
}

/** So that a score is the same when it comes back in a cursor. */
export function rounded(score: number): number {
  return Math.round(score * 1e6) / 1e6;
}
