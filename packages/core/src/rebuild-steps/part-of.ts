import type { RebuiltPart } from "./rebuild-step.ts";

/** A part of at most `most` rows: where there are fewer, nothing is behind them. */
export function partOf(ids: readonly string[], most: number): RebuiltPart {
  return { count: ids.length, next: ids.length < most ? null : (ids.at(-1) ?? null) };
}
