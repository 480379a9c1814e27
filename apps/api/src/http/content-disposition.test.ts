import fc from "fast-check";
import { expect, test } from "vitest";
import { contentDisposition, safeFileName } from "./content-disposition.ts";

test.each([
  ["bill.pdf", `attachment; filename="bill.pdf"`],
  [
    "Rechnung für Sie.pdf",
    `attachment; filename="Rechnung fur Sie.pdf"; filename*=UTF-8''Rechnung%20f%C3%BCr%20Sie.pdf`,
  ],
  ["請求書.pdf", `attachment; filename="___.pdf"; filename*=UTF-8''%E8%AB%8B%E6%B1%82%E6%9B%B8.pdf`],
  [`a"b.txt`, `attachment; filename="a_b.txt"; filename*=UTF-8''a%22b.txt`],
  ["it's (1).txt", `attachment; filename="it's (1).txt"`],
  ["é'(1)*.txt", `attachment; filename="e'(1)*.txt"; filename*=UTF-8''%C3%A9%27%281%29%2A.txt`],
  ["../../etc/passwd", `attachment; filename=".._.._etc_passwd"`],
  ["a\r\nSet-Cookie: b.txt", `attachment; filename="a__Set-Cookie: b.txt"`],
  ["photo\u202egpj.exe", `attachment; filename="photo_gpj.exe"`],
])("%j", (name, header) => {
  expect(contentDisposition("attachment", name)).toBe(header);
});

test("a long name keeps its beginning and its end", () => {
  const name = safeFileName(`${"x".repeat(1_000)}.pdf`);
  expect([name.length, name.slice(-5)]).toEqual([200, "x.pdf"]);
});

/** Of any characters, halves of such included. */
const names = fc.array(fc.integer({ min: 0, max: 0x10ffff })).map((codes) => String.fromCodePoint(...codes));

test("whatever the name, it is a header of printable ASCII, and the name comes back from it", () => {
  fc.assert(
    fc.property(names, (name) => {
      const header = contentDisposition("inline", name);
      expect(header).toMatch(/^inline; filename="[^"]*"(?:; filename\*=UTF-8''[^;]*)?$/);
      expect(header).toMatch(/^[\x20-\x7e]*$/);
      const [, encoded] = /UTF-8''(.*)$/.exec(header) ?? [];
      const [, plain] = /filename="([^"]*)"/.exec(header) ?? [];
      expect(encoded === undefined ? plain : decodeURIComponent(encoded)).toBe(safeFileName(name));
    }),
  );
});
