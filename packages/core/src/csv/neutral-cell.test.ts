import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { neutralCell, restoreCell } from "./neutral-cell.ts";

/** Texts that mostly begin with what matters. */
const texts = fc
  .tuple(fc.string({ unit: fc.constantFrom("'", "=", "+", "-", "@", "\t", "\r", "\n", "＝", "a", " ") }), fc.string())
  .map((parts) => parts.join(""));

describe("a neutral cell", () => {
  test("is restored to the text that it was, whatever that is", () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(restoreCell(neutralCell(text))).toBe(text);
      }),
    );
  });

  test("never begins with what makes a formula", () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(neutralCell(text)).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
      }),
    );
  });

  test("is a text as it is, where nothing is wrong with it", () => {
    expect(["", "Anna", "'quoted'", "a=b", "1"].map(neutralCell)).toEqual(["", "Anna", "'quoted'", "a=b", "1"]);
  });

  test("of others is restored as well", () => {
    expect(["'+4930123", "'=1", "'Anna"].map(restoreCell)).toEqual(["+4930123", "=1", "'Anna"]);
  });
});
