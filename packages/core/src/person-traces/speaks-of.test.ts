import { expect, test } from "vitest";
import { needlesOf, speaksOf } from "./speaks-of.ts";

const needles = needlesOf({ identifiers: ["+4915112345678", "ana@xn--mller-kva.example", "4711"] });

test.each([
  "+49 151 12345678",
  "0151/123-456.78",
  "(0151) 12 34 56 78",
  "Ana@Müller.example",
  "ana@xn--mller-kva.example",
  "order 4711",
])("a text speaks of somebody however it writes what they are known by: %s", (text) => {
  expect(speaksOf(`a;${text};b`, needles)).toBe(true);
});

test.each(["+49 151 12345679, two@customers.example", "order 47110", "johana@müller.example", "a4711"])(
  "a text that has none of it, or only as a part of something else, does not: %s",
  (text) => {
    expect(speaksOf(text, needles)).toBe(false);
  },
);
