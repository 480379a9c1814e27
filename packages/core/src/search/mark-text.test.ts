import { expect, test } from "vitest";
import { markParts, snippetOf } from "./mark-text.ts";

const marked = (text: string): string => text.replaceAll("[", "\uE000").replaceAll("]", "\uE001");
const shown = ({ text, marks }: ReturnType<typeof snippetOf>): string[] =>
  marks.map(({ start, end }) => text.slice(start, end));

test("a short text is shown whole, with what was found in it", () => {
  const snippet = snippetOf("My lamp is a LAMP", marked("My [lamp] is a [LAMP]"));
  expect(snippet.text).toBe("My lamp is a LAMP");
  expect(shown(snippet)).toEqual(["lamp", "LAMP"]);
});

test("a long text is cut around what was found, between words and not within a sign", () => {
  const text = `${"😀 before ".repeat(30)}lamp ${"behind 😀 ".repeat(30)}`;
  const snippet = snippetOf(text, text.replace("lamp", marked("[lamp]")));
  expect(shown(snippet)).toEqual(["lamp"]);
  expect(snippet.text.length).toBeLessThanOrEqual(200);
  expect(snippet.text).toMatch(/^(before|😀)/u);
  expect(snippet.text.isWellFormed()).toBe(true);
});

test("what is not the same text is not marked", () => {
  expect(snippetOf("one text", marked("[another] one")).marks).toEqual([]);
});

test("parts of names are marked as they are written", () => {
  expect(shown(markParts("Zoë Straßmüller", ["strass", "zoe", "mull"]))).toEqual(["Zoë", "Straß", "müll"]);
  expect(shown(markParts("Somebody", ["else"]))).toEqual([]);
});
