import { expect, test } from "vitest";
import { needlesOf, speaksOf } from "./person-traces.ts";

const needles = needlesOf({ identifiers: ["+4915112345678", "one@customers.example", "4711"] });

test.each(["+49 151 12345678", "0151/123-456.78", "(0151) 12 34 56 78", "One@Customers.example", "order 4711"])(
  "a text speaks of somebody however it writes what they are known by: %s",
  (text) => {
    expect(speaksOf(`a;${text};b`, needles)).toBe(true);
  },
);

test("a text that has none of it does not", () => {
  expect(speaksOf("+49 151 12345679, two@customers.example", needles)).toBe(false);
});
