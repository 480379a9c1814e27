import { expect, test } from "vitest";
import { amountInput, fromMicros } from "./money.ts";

test.each([
  ["0", 0n],
  ["12.5", 12_500_000n],
  ["0.000001", 1n],
  ["1000", 1_000_000_000n],
])("%s is %s millionths, and the other way round", (text, micros) => {
  expect(amountInput(1_000).parse(text)).toBe(micros);
  expect(fromMicros(micros)).toBe(text);
});

test.each(["", "-1", "1e3", "1,5", "0.0000001", "1000.000001", ".5", "01x", " 1"])("%j is no amount", (text) => {
  expect(amountInput(1_000).safeParse(text).success).toBe(false);
});
