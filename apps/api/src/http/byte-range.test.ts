import { expect, test } from "vitest";
import { readByteRange } from "./byte-range.ts";

test.each([
  ["bytes=0-0", 10, { first: 0, last: 0 }],
  ["bytes=2-5", 10, { first: 2, last: 5 }],
  ["bytes=2-", 10, { first: 2, last: 9 }],
  ["bytes=2-100", 10, { first: 2, last: 9 }],
  ["bytes=-3", 10, { first: 7, last: 9 }],
  ["bytes=-100", 10, { first: 0, last: 9 }],
  ["bytes= 1 - 2", 10, { first: 1, last: 2 }],
])("%s of %i bytes is a part of them", (header, size, range) => {
  expect(readByteRange(header, size)).toEqual(range);
});

test.each([
  ["bytes=10-", 10],
  ["bytes=10-12", 10],
  ["bytes=-0", 10],
  ["bytes=0-", 0],
  ["bytes=-1", 0],
])("%s of %i bytes is none of them", (header, size) => {
  expect(readByteRange(header, size)).toBe("unsatisfiable");
});

test.each([undefined, "", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=0-1,3-4", "items=0-1", "bytes=0-1e9"])(
  "%s asks for the whole",
  (header) => {
    expect(readByteRange(header, 10)).toBeUndefined();
  },
);
