import { expect, test } from "vitest";
import { costOf } from "./cost-of.ts";

const PRICE = { inputPerMillion: 150_000n, outputPerMillion: 600_000n };

test("a million tokens each cost their prices", () => {
  expect(costOf({ inputTokens: 1_000_000, outputTokens: 1_000_000 }, PRICE)).toBe(750_000n);
});

test("parts of a millionth are rounded up, once for both", () => {
  expect(costOf({ inputTokens: 1, outputTokens: 0 }, PRICE)).toBe(1n);
  expect(costOf({ inputTokens: 1, outputTokens: 1 }, PRICE)).toBe(1n);
  expect(costOf({ inputTokens: 7, outputTokens: 1 }, PRICE)).toBe(2n);
});

test("nothing costs nothing, and sums beyond what floats hold are exact", () => {
  expect(costOf({ inputTokens: 0, outputTokens: 0 }, PRICE)).toBe(0n);
  const price = { inputPerMillion: 9_007_199_254_740_993n, outputPerMillion: 0n };
  expect(costOf({ inputTokens: 1_000_000, outputTokens: 0 }, price)).toBe(9_007_199_254_740_993n);
});
