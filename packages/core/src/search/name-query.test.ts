import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { partsOf, readNameQuery } from "./name-query.ts";
import { describeName, neighboursOf, termsOfPart } from "./name-terms.ts";

describe("what is looked for", () => {
  test.each([
    ["Zoë  MÜLLER", ["zoe", "muller"]],
    ["0151 / 12-34", ["1511234"]],
    ["+49 (0151) 12-34", ["491511234"]],
    ["0049 151 1234", ["491511234"]],
    ["12", ["12"]],
    ["Customer 1", ["customer", "1"]],
    ["Straße", ["strasse"]],
  ])("of %s is its words, or one number", (typed, parts) => {
    expect(partsOf(typed)).toEqual(parts);
  });

  test("stands beside what LIKE makes of it", () => {
    expect(readNameQuery("50%_a").patterns).toEqual(["%50\\%\\_a%"]);
  });

  test("is nothing when there is no letter and no digit in it", () => {
    expect(readNameQuery("?! --").exact).toBe("");
  });

  test("is guessed at only where a word is long enough", () => {
    expect(readNameQuery("ann").misspelt).toBe("");
    expect(readNameQuery("anna").misspelt).toContain("'=ann'");
  });
});

/** Words as they are typed, and one edit of them. */
const word = fc.stringMatching(/^[a-z]{5,12}$/);
const edit = fc.record({ at: fc.nat(), letter: fc.stringMatching(/^[a-z]$/), kind: fc.nat({ max: 3 }) });

test("a name and what somebody makes of it by one letter have a term in common", () => {
  fc.assert(
    fc.property(word, edit, (written, { at, letter, kind }) => {
      const letters = Array.from(written);
      const place = at % (letters.length - 1);
      const [here = "", next = ""] = letters.slice(place);
      const typed = [
        letters.toSpliced(place, 1),
        letters.toSpliced(place, 0, letter),
        letters.toSpliced(place, 1, letter),
        letters.toSpliced(place, 2, next, here),
      ][kind];
      const terms = new Set(describeName(written, []).terms);
      expect(neighboursOf(typed?.join("") ?? "").some((term) => terms.has(term))).toBe(true);
    }),
  );
});

test("a name has every term of every part of it", () => {
  fc.assert(
    fc.property(word, fc.nat(), fc.integer({ min: 3, max: 12 }), (written, at, length) => {
      const from = at % (written.length - 2);
      const { terms } = describeName(written, []);
      for (const term of termsOfPart(written.slice(from, from + length))) expect(terms).toContain(term);
    }),
  );
});
