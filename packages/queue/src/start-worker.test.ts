import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs } from "./start-worker.ts";

test("the backoff lies between half and all of the doubled delay, and never above the maximum", () => {
  const backoff = { baseMs: 100, maxMs: 5_000 };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
      const full = Math.min(100 * 2 ** (attempt - 1), 5_000);
      const delay = backoffMs(backoff, attempt, () => random);
      expect(delay).toBeGreaterThanOrEqual(Math.floor(full / 2));
      expect(delay).toBeLessThanOrEqual(full);
    }),
  );
});
