import { ConfigError } from "@parley/runtime";
import { expect, test } from "vitest";
import { assertLoadable, shareOut } from "./load-size.ts";

const total = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

test.each([
  { tenants: 1, conversations: 1, messages: 1, seed: 1 },
  { tenants: 7, conversations: 7, messages: 9, seed: 1 },
  { tenants: 50, conversations: 6_698, messages: 33_490, seed: 1 },
  { tenants: 50, conversations: 1_000_000, messages: 5_000_000, seed: 1 },
])("everything is given to somebody, and nobody has fewer messages than conversations: %o", (size) => {
  const shares = shareOut(size);
  expect(total(shares.map(({ conversations }) => conversations))).toBe(size.conversations);
  expect(total(shares.map(({ messages }) => messages))).toBe(size.messages);
  for (const { conversations, messages } of shares) {
    expect(conversations).toBeGreaterThan(0);
    expect(messages).toBeGreaterThanOrEqual(conversations);
  }
});

test("the first tenant is several times the size of the last", () => {
  const shares = shareOut({ tenants: 50, conversations: 100_000, messages: 500_000, seed: 1 });
  const [largest, smallest] = [shares[0]?.conversations ?? 0, shares.at(-1)?.conversations ?? 0];
  expect(largest / smallest).toBeGreaterThan(5);
});

test.each([
  { tenants: 3, conversations: 2, messages: 9, seed: 1 },
  { tenants: 3, conversations: 9, messages: 8, seed: 1 },
  { tenants: 5_000, conversations: 5_000, messages: 5_000, seed: 1 },
])("what cannot be made is refused: %o", (size) => {
  expect(() => assertLoadable(size)).toThrow(ConfigError);
});
