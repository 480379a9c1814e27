import { expect, test } from "vitest";
import { createFairTurns } from "./fair-turns.ts";

let now = 0;
const open = () => createFairTurns({ most: 2, clock: () => now });
type Turn = ReturnType<ReturnType<typeof open>["begin"]>;

const end = (turn: Turn): void => {
  if ("end" in turn) turn.end();
};
const waitOf = (turn: Turn): number => ("waitMs" in turn ? turn.waitMs : 0);

test("each has as many turns at once as are allowed, whatever others have", () => {
  const turns = open();
  expect(["a", "a", "a", "b", "b", "b"].map((key) => waitOf(turns.begin(key)) === 0)).toEqual([
    true,
    true,
    false,
    true,
    true,
    false,
  ]);
});

test("a turn that has ended is another's, once", () => {
  const turns = open();
  const [first] = [turns.begin("a"), turns.begin("a")];
  end(first);
  end(first);
  expect(waitOf(turns.begin("a"))).toBe(0);
  expect(waitOf(turns.begin("a"))).toBeGreaterThan(0);
});

test("those who wait come one after the other, as fast as turns have ended lately", () => {
  now = 0;
  const turns = open();
  turns.begin("a");
  for (let count = 0; count < 50; count += 1) {
    const turn = turns.begin("a");
    now += 100;
    end(turn);
  }
  turns.begin("a");
  const waits = [1, 2, 3, 4].map(() => Math.round(waitOf(turns.begin("a"))));
  expect(waits).toEqual([50, 100, 150, 200]);
});
