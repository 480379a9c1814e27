import { expect, test } from "vitest";
import { toCsv } from "./to-csv.ts";

const cell = (value: string | number | null): string => toCsv([[value, "end"]]).slice(0, -",end\r\n".length);

test("a row is a line with its end, and null an empty cell", () => {
  expect(toCsv([["a", 1, null], ["b"]])).toBe("a,1,\r\nb\r\n");
});

test("no rows are no lines", () => {
  expect(toCsv([])).toBe("");
});

test.each(["=1+1", "+49 30 1234", "-1", "@SUM(A1)", "\tx"])("%j is text, and no formula", (text) => {
  expect(cell(text)).toBe(`'${text}`);
});

test("a carriage return in front is no way around it", () => {
  expect(cell("\r=1+1")).toBe(`"'\r=1+1"`);
});

test("a formula that has to be quoted is text as well", () => {
  expect(cell('=HYPERLINK("https://evil.example","x")')).toBe(`"'=HYPERLINK(""https://evil.example"",""x"")"`);
});

test("a negative number is a number", () => {
  expect(cell(-5)).toBe("-5");
});

test.each([
  ["a comma", "a,b", '"a,b"'],
  ["a quote", 'a"b', '"a""b"'],
  ["a line feed", "a\nb", '"a\nb"'],
  ["a carriage return", "a\rb", '"a\rb"'],
  ["a line end", "a\r\nb", '"a\r\nb"'],
])("a cell with %s is quoted", (_what, text, expected) => {
  expect(cell(text)).toBe(expected);
});
