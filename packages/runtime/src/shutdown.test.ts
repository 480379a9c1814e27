import { expect, test } from "vitest";
import { createSilentLogger } from "./logger.ts";
import { createShutdownStack } from "./shutdown.ts";

test("steps run once each, in reverse order, and a failing one does not stop the others", async () => {
  const order: string[] = [];
  const stack = createShutdownStack(createSilentLogger());
  stack.add("first", () => order.push("first"));
  stack.add("second", () => {
    order.push("second");
    throw new Error("no");
  });
  stack.add("third", async () => order.push("third"));
  await Promise.all([stack.run("test"), stack.run("again")]);
  expect(order).toEqual(["third", "second", "first"]);
});

test("a step that hangs is left behind", async () => {
  const order: string[] = [];
  const stack = createShutdownStack(createSilentLogger(), 5);
  stack.add("first", () => order.push("first"));
  stack.add("hangs", () => new Promise(() => undefined));
  await stack.run("test");
  expect(order).toEqual(["first"]);
});
