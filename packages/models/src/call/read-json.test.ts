import { expect, test } from "vitest";
import { readJson } from "./read-json.ts";

test.each([
  ["bare", '{"a":1}'],
  ["with space around", ' \n{"a":1}\n'],
  ["in a fence", '```json\n{"a":1}\n```'],
  ["in a fence without a language", '```\n{"a":1}\n```'],
  ["with words around", 'Here you are:\n{"a":1}\nGood luck!'],
])("%s", (_how, text) => {
  expect(readJson(text)).toEqual({ a: 1 });
});

test.each(["", "no", '{"a":', "}{"])("%j is none", (text) => {
  expect(readJson(text)).toBeUndefined();
});
