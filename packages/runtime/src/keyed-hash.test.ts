import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { keyedHash, matchesKeyedHash } from "./keyed-hash.ts";
import { parseKeyring } from "./secrets.ts";

const key = (byte: number): string => Buffer.alloc(32, byte).toString("base64");
const old = parseKeyring(`old:${key(2)}`);
const rotated = parseKeyring(`new:${key(1)},old:${key(2)}`);
const content = Buffer.from("a request");

const textOf = (hash: Uint8Array): string => Buffer.from(hash).toString("hex");

test("a hash matches what it is of, and nothing else", () => {
  const hash = keyedHash(old, "requests", content);
  expect(matchesKeyedHash(old, "requests", content, hash)).toBe(true);
  expect(matchesKeyedHash(old, "requests", Buffer.from("another request"), hash)).toBe(false);
  expect(matchesKeyedHash(old, "other things", content, hash)).toBe(false);
});

test("it is the same each time, and another with another key or purpose", () => {
  const others = [keyedHash(rotated, "requests", content), keyedHash(old, "other things", content)];
  expect(keyedHash(old, "requests", content)).toEqual(keyedHash(old, "requests", content));
  expect(new Set([keyedHash(old, "requests", content), ...others].map((hash) => textOf(hash.slice(-32)))).size).toBe(3);
});

test("it cannot be made without the key", () => {
  const hash = textOf(keyedHash(old, "requests", content));
  expect(hash).not.toContain(createHash("sha256").update(content).digest("hex"));
});

test("it matches after the keys were rotated, as long as its own is there", () => {
  const hash = keyedHash(old, "requests", content);
  expect(matchesKeyedHash(rotated, "requests", content, hash)).toBe(true);
  expect(matchesKeyedHash(parseKeyring(`new:${key(1)}`), "requests", content, hash)).toBe(false);
});

test.each([0, 1, 32, 33])("%d bytes that are no such hash match nothing", (length) => {
  expect(matchesKeyedHash(old, "requests", content, new Uint8Array(length))).toBe(false);
});

test("a hash of which a byte was changed does not match", () => {
  const hash = keyedHash(old, "requests", content);
  for (let index = 0; index < hash.length; index += 1) {
    const changed = hash.map((byte, at) => (at === index ? byte ^ 1 : byte));
    expect(matchesKeyedHash(old, "requests", content, changed)).toBe(false);
  }
});
