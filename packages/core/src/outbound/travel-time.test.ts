import { expect, test } from "vitest";
import { createTravelTime } from "./travel-time.ts";

function travel() {
  let nowMs = 0;
  return { pass: (ms: number) => (nowMs += ms), time: createTravelTime(() => nowMs) };
}

test("at first, all of the time counts as a delay", () => {
  const { time } = travel();
  expect([80, 30, 5, 30].map((ms) => time.excess(ms))).toEqual([80, 30, 5, 30]);
});

test("then it is compared with the fastest lately", () => {
  const { time, pass } = travel();
  time.excess(80);
  time.excess(5);
  pass(10_000);
  expect(time.excess(30)).toBe(25);
  expect(time.excess(3)).toBe(0);
  expect(time.excess(30)).toBe(27);
});

test("a route that has become slower is the new measure after two spans", () => {
  const { time, pass } = travel();
  time.excess(5);
  pass(10_000);
  expect(time.excess(100)).toBe(95);
  pass(10_000);
  expect(time.excess(110)).toBe(10);
});

test("after a long silence nothing is known of the fastest but the call itself", () => {
  const { time, pass } = travel();
  time.excess(5);
  pass(60_000);
  expect(time.excess(100)).toBe(0);
});
