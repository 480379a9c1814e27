import { maskPersonalData } from "@parley/understanding";
import fc from "fast-check";
import { expect, test } from "vitest";
import { maskStrings } from "./mask-strings.ts";

test("an address has the same placeholder everywhere, and another one another", () => {
  const data = { from: "a@x.example", messages: ["I am a@x.example", "write to b@x.example"], count: 2, open: true };
  const { masked, restore } = maskStrings(data, maskPersonalData);
  expect(masked).toEqual({
    from: "[EMAIL_1]",
    messages: ["I am [EMAIL_1]", "write to [EMAIL_2]"],
    count: 2,
    open: true,
  });
  expect(restore({ reply: "[EMAIL_2], not [EMAIL_1]", sure: 0.5, also: ["[EMAIL_1]", null] })).toEqual({
    reply: "b@x.example, not a@x.example",
    sure: 0.5,
    also: ["a@x.example", null],
  });
});

const SHORT = { maxLength: 5 };

test("whatever the data are, they come back as they were, without NUL", () => {
  // Parts of numbers at the ends of texts, so that something personal could seem to stand across two of them.
  const parts = [
    "a@x.example",
    "+33 6 12",
    "34 56 78",
    "4111 1111 1111",
    "1111",
    "FR76 3000",
    "[EMAIL_1]",
    "\u0000",
    "é😀\u2028",
    "",
  ];
  const text = fc.oneof(fc.string({ unit: "binary-ascii" }), fc.constantFrom(...parts));
  const json = fc.array(fc.oneof(text, fc.record({ text, more: fc.array(text, SHORT) })), SHORT);
  fc.assert(
    fc.property(json, (data) => {
      const { masked, restore } = maskStrings(data, maskPersonalData);
      expect(JSON.stringify(masked)).not.toContain("a@x.example");
      expect(restore(masked)).toEqual(JSON.parse(JSON.stringify(data).replaceAll(String.raw`\u0000`, "")));
    }),
  );
});

test("a mask that joins what was apart is a mistake that is told", () => {
  const joined = { masked: "xy", restore: (answer: string) => answer };
  expect(() => maskStrings({ a: "x", b: "y" }, () => joined)).toThrow("joined");
});
