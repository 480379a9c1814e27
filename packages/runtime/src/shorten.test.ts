import { expect, test } from "vitest";
import { shorten } from "./shorten.ts";

test.each([
  ["12345", 5, "12345"],
  ["123456", 5, "1234…"],
  ["Where is my order?", 14, "Where is my…"],
  ["Unbelievable", 6, "Unbel…"],
  ["a unbelievable", 8, "a unbel…"],
  ["123🎈45", 5, "123…"],
])("%j in %i characters is %j", (text, most, short) => {
  expect(shorten(text, most)).toBe(short);
});
