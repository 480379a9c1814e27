import { DomainError } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import { idKey, logKey, numberKey, readCursor, timeKey, toCursor } from "./cursor.ts";
import { cutPage } from "./cut-page.ts";

const ID = "019aa3a4-5c00-7000-8000-000000000001";

describe("a cursor", () => {
  test("brings back the sort key that it was made of", () => {
    const at = new Date("2026-01-31T08:00:00.123Z");
    expect(readCursor(toCursor([ID]), idKey)).toEqual([ID]);
    expect(readCursor(toCursor([at, ID]), timeKey)).toEqual([at, ID]);
    expect(readCursor(toCursor([7]), numberKey)).toEqual([7]);
    expect(readCursor(toCursor([12_345_678_901n, 1n]), logKey)).toEqual([12_345_678_901n, 1n]);
  });

  test("is absent on the first page", () => {
    expect(readCursor(undefined, idKey)).toBeUndefined();
  });

  test.each([
    "x",
    "%%%",
    toCursor([]),
    toCursor(["not an id"]),
    toCursor([ID, ID]),
    toCursor(["2026-01-31", ID]),
    Buffer.from('{"0":1}').toString("base64url"),
    Buffer.from("null").toString("base64url"),
  ])("of another list, or made up, is refused: %s", (cursor) => {
    for (const schema of [timeKey, numberKey, logKey]) {
      expect(() => readCursor(cursor, schema)).toThrow(DomainError);
    }
  });

  test.each(["0000-01-01T00:00:00Z", "1969-12-31T23:59:59Z"])("with the time %s is refused", (time) => {
    expect(() => readCursor(toCursor([time, ID]), timeKey)).toThrow(/not a cursor/);
  });
});

const keyOf = (row: string): [string] => [row];

describe("a page", () => {
  test("names the next one only when there are more rows", () => {
    expect(cutPage(["a", "b"], 2, keyOf)).toEqual({ data: ["a", "b"], page: { nextCursor: null } });
    expect(cutPage(["a", "b", "c"], 2, keyOf)).toEqual({ data: ["a", "b"], page: { nextCursor: toCursor(["b"]) } });
    expect(cutPage([], 2, keyOf)).toEqual({ data: [], page: { nextCursor: null } });
  });
});
