import { foldName } from "./fold-name.ts";

/** Around what was found, so that it can be told apart from what was said: search_words takes both out of texts. */
const [BEGIN, END] = ["\uE000", "\uE001"];
const LENGTH = 200;
/** Characters before the first mark. */
const BEFORE = 60;

/** Plain text and where in it is what was looked for, in UTF-16 units. */
export interface Snippet {
  text: string;
  marks: { start: number; end: number }[];
}

/**
 * A part of `text` around what was found in it. `marked` is the same text, sign by sign, with marks around what was found; if it
 * is not, nothing is marked.
 */
export function snippetOf(text: string, marked: string): Snippet {
  const marks: Snippet["marks"] = [];
  let length = 0;
  let start = 0;
  for (const sign of marked.split(/([\uE000\uE001])/)) {
    if (sign === BEGIN) start = length;
    else if (sign === END) marks.push({ start, end: length });
    else length += sign.length;
  }
  return cutAround(text, length === text.length ? marks : []);
}

/** The same of what stands in `text` as one of the folded `parts`. */
export function markParts(text: string, parts: readonly string[]): Snippet {
  const starts: number[] = [];
  let folded = "";
  let at = 0;
  for (const sign of text) {
    const letters = foldName(sign);
    for (let index = 0; index < letters.length; index += 1) starts.push(at);
    folded += letters;
    at += sign.length;
  }
  starts.push(text.length);
  const marks = parts.flatMap((part) => {
    const from = part === "" ? -1 : folded.indexOf(part);
    return from < 0 ? [] : [{ start: starts[from] ?? 0, end: starts[from + part.length] ?? text.length }];
  });
  return cutAround(
    text,
    marks.toSorted((one, other) => one.start - other.start),
  );
}

function cutAround(text: string, marks: Snippet["marks"]): Snippet {
  const first = marks[0]?.start ?? 0;
  const from = text.length <= LENGTH || first <= BEFORE ? 0 : wholeSign(text, wordBefore(text, first - BEFORE, first));
  const to = wholeSign(text, Math.min(text.length, from + LENGTH));
  return {
    text: text.slice(from, to),
    marks: marks
      .filter(({ start, end }) => start >= from && end <= to)
      .map(({ start, end }) => ({ start: start - from, end: end - from })),
  };
}

/** Where a word begins, at or behind `from`, and not behind `most`. */
function wordBefore(text: string, from: number, most: number): number {
  const space = text.slice(from, most).search(/\s\S/u);
  return space < 0 ? from : from + space + 1;
}

/** Not between the two halves of a sign. */
function wholeSign(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
