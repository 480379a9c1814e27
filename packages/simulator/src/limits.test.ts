import { expect, test } from "vitest";
import { createLimiter, META_LIMITS } from "./limits.ts";

const NUMBER = "1065";

function admitted(count: number, admit: (index: number) => number | undefined): number {
  return Array.from({ length: count }, (_, index) => admit(index)).filter((code) => code === undefined).length;
}

test("a number gets eighty messages through in any second, wherever that second begins", () => {
  const limiter = createLimiter({ ...META_LIMITS, pair: false });
  expect(admitted(100, (index) => limiter.admit(NUMBER, "user", index * 5))).toBe(80);
  expect(limiter.admit(NUMBER, "user", 999)).toBe(130429);
  expect(limiter.admit(NUMBER, "user", 1_000)).toBeUndefined();
  expect(limiter.admit(NUMBER, "user", 1_004)).toBe(130429);
  expect(limiter.admit(NUMBER, "user", 1_005)).toBeUndefined();
});

test("numbers do not share their throughput", () => {
  const limiter = createLimiter({ throughputPerSecond: 1, pair: false });
  expect(limiter.admit(NUMBER, "user", 0)).toBeUndefined();
  expect(limiter.admit(NUMBER, "user", 0)).toBe(130429);
  expect(limiter.admit("other", "user", 0)).toBeUndefined();
});

test("one user gets a burst of 45, then one message each six seconds", () => {
  const limiter = createLimiter({ ...META_LIMITS, throughputPerSecond: false });
  expect(admitted(60, () => limiter.admit(NUMBER, "user", 0))).toBe(45);
  expect(limiter.admit(NUMBER, "user", 5_999)).toBe(131056);
  expect(limiter.admit(NUMBER, "user", 6_000)).toBeUndefined();
  expect(limiter.admit(NUMBER, "user", 6_000)).toBe(131056);
  expect(limiter.admit(NUMBER, "somebody else", 6_000)).toBeUndefined();
});

test("a refused message costs nothing", () => {
  const limiter = createLimiter({ throughputPerSecond: 2, pair: { intervalMs: 6_000, burst: 1 } });
  expect(limiter.admit(NUMBER, "user", 0)).toBeUndefined();
  expect(admitted(10, () => limiter.admit(NUMBER, "user", 1))).toBe(0);
  expect(limiter.admit(NUMBER, "somebody else", 2)).toBeUndefined();
});
