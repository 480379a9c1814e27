import { expect, test } from "vitest";
import { startPace } from "./pace.ts";

test("others have their turn when they have waited for fifteen milliseconds, and not at every step", async () => {
  let now = 100;
  const pace = startPace(() => now);
  const turns: number[] = [];
  const wait = (): void => void setImmediate(() => turns.push(now));
  wait();
  now += 14;
  await pace.step();
  expect(turns).toEqual([]);
  now += 1;
  await pace.step();
  expect(turns).toEqual([115]);
  wait();
  now += 14;
  await pace.step();
  expect(turns).toEqual([115]);
  now += 1;
  await pace.step();
  expect(turns).toEqual([115, 130]);
  expect(pace.elapsedMs()).toBe(30);
});
