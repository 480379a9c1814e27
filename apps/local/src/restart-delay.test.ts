import { expect, test } from "vitest";
import { restartDelayMs } from "./restart-delay.ts";

test("the wait doubles up to ten seconds, and ends after eight deaths in a row", () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(restartDelayMs);
  expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000, undefined]);
});
