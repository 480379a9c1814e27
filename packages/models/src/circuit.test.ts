import { expect, test } from "vitest";
import { createCircuits } from "./circuit.ts";

function setUp() {
  let now = 0;
  const circuits = createCircuits({ clock: { now: () => new Date(now) }, failures: 3, pauseMs: 1_000 });
  return { circuits, advance: (ms: number) => void (now += ms) };
}

function fail(circuit: { failed(): void }, times: number): void {
  for (let time = 0; time < times; time += 1) circuit.failed();
}

test("failures open it only when they come in a row", () => {
  const circuit = setUp().circuits.of("a");
  fail(circuit, 2);
  circuit.succeeded();
  fail(circuit, 2);
  expect(circuit.admits()).toBe(true);
  fail(circuit, 1);
  expect(circuit.admits()).toBe(false);
});

test("after the pause one trial is let through, and the others wait for its outcome", () => {
  const { circuits, advance } = setUp();
  const circuit = circuits.of("a");
  fail(circuit, 3);
  advance(999);
  expect(circuit.admits()).toBe(false);
  advance(1);
  expect([circuit.admits(), circuit.admits()]).toEqual([true, false]);
  circuit.succeeded();
  expect([circuit.admits(), circuit.admits()]).toEqual([true, true]);
});

test("a trial that fails begins another pause, and one that is never told ends by itself", () => {
  const { circuits, advance } = setUp();
  const circuit = circuits.of("a");
  fail(circuit, 3);
  advance(1_000);
  expect(circuit.admits()).toBe(true);
  advance(500);
  circuit.failed();
  advance(999);
  expect(circuit.admits()).toBe(false);
  advance(1);
  expect(circuit.admits()).toBe(true);
  advance(1_000);
  expect(circuit.admits()).toBe(true);
});

test("a key is one circuit wherever it is asked for, and none of another's", () => {
  const { circuits } = setUp();
  fail(circuits.of("a"), 3);
  expect(circuits.of("a").admits()).toBe(false);
  expect(circuits.of("b").admits()).toBe(true);
});
