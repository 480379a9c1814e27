import { expect, test } from "vitest";
import { hashKey, looksLikeKey, newKey } from "./new-key.ts";

test("a key begins with its prefix, has 256 random bits, and looks like one", () => {
  const { key, prefix } = newKey();
  expect(prefix).toMatch(/^pk_[0-9a-f]{10}$/);
  expect(key.startsWith(`${prefix}_`)).toBe(true);
  expect(Buffer.from(key.slice(prefix.length + 1), "base64url")).toHaveLength(32);
  expect(looksLikeKey(key)).toBe(true);
});

test("no two keys share prefix or hash", () => {
  const keys = Array.from({ length: 100 }, newKey);
  expect(new Set(keys.map(({ prefix }) => prefix)).size).toBe(100);
  expect(new Set(keys.map(({ key }) => Buffer.from(hashKey(key)).toString("hex"))).size).toBe(100);
});

test("a hash is SHA-256", () => {
  expect(Buffer.from(hashKey("abc")).toString("hex")).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

const { key } = newKey();

test.each(["", "pk_", key.slice(1), key.slice(0, -1), `${key}x`, key.toUpperCase(), ` ${key}`, `${key}\n`])(
  "%j is no key",
  (text) => {
    expect(looksLikeKey(text)).toBe(false);
  },
);
