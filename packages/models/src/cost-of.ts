import type { TokenUsage } from "./token-usage.ts";

/** Millionths of the currency's unit for a million tokens: 2.50 a million are 2_500_000n. */
export interface TokenPrice {
  inputPerMillion: bigint;
  outputPerMillion: bigint;
}

const MILLION = 1_000_000n;

/** What tokens cost, in millionths of the currency's unit, rounded up once: what was used is never free. */
export function costOf(usage: TokenUsage, price: TokenPrice): bigint {
  const cost = BigInt(usage.inputTokens) * price.inputPerMillion + BigInt(usage.outputTokens) * price.outputPerMillion;
  return (cost + MILLION - 1n) / MILLION;
}
