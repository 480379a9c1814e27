import { expect, test } from "vitest";
import { createSlidingSecond } from "./sliding-second.ts";

test("the busiest second may begin anywhere", () => {
  const second = createSlidingSecond();
  for (const at of [0, 900, 950, 1_100, 1_899, 5_000]) second.add(at);
  expect(second.max).toBe(4);
});

test("events exactly one second apart do not share one", () => {
  const second = createSlidingSecond();
  for (const at of [0, 1_000, 2_000]) second.add(at);
  expect(second.max).toBe(1);
});
