import { expect, test } from "vitest";
import { newestMessages } from "./conversation.ts";

const message = (text: string) => ({ from: "contact" as const, text });

test("a short conversation is told whole, in order", () => {
  expect(newestMessages([message("one"), message("two")]).map(({ text }) => text)).toEqual(["one", "two"]);
});

test("of a long one the newest messages are kept, each up to its limit", () => {
  const kept = newestMessages(Array.from({ length: 100 }, (_, index) => message(`${index} ${"x".repeat(5_000)}`)));
  expect(kept.length).toBe(6);
  expect(kept.at(-1)?.text).toMatch(/^99 x+…$/);
  expect(kept.every(({ text }) => text.length === 4_000)).toBe(true);
});

test("many short messages are many still", () => {
  expect(newestMessages(Array.from({ length: 100 }, () => message("ok")))).toHaveLength(40);
});
