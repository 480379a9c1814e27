import { expect, test } from "vitest";
import { createUndoStack } from "./undo-stack.ts";

function recorder() {
  const calls: string[] = [];
  const entry = (name: string, stop: () => Promise<void> = () => Promise.resolve()) => ({
    async stop() {
      calls.push(`stop ${name}`);
      await stop();
    },
    kill: () => calls.push(`kill ${name}`),
  });
  return { calls, entry };
}

test("what was started last is stopped first", async () => {
  const { calls, entry } = recorder();
  const undo = createUndoStack();
  undo.add(entry("postgres"));
  undo.add(entry("api"));
  await undo.run();
  expect(calls).toEqual(["stop api", "stop postgres"]);
});

test("what fails to stop is killed, and the others are stopped all the same", async () => {
  const { calls, entry } = recorder();
  const undo = createUndoStack();
  undo.add(entry("postgres"));
  undo.add(entry("api", () => Promise.reject(new Error("stuck"))));
  await undo.run();
  expect(calls).toEqual(["stop api", "kill api", "stop postgres"]);
});

test("a kill reaches also the one that is being stopped", async () => {
  const { calls, entry } = recorder();
  const undo = createUndoStack();
  undo.add(entry("postgres"));
  undo.add(entry("api", () => new Promise(() => {})));
  void undo.run();
  undo.kill();
  expect(calls).toEqual(["stop api", "kill postgres", "kill api"]);
});
