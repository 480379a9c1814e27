import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { createEncodingDetector, splitAt, toUtf8, wideEncodingOf, type TextEncoding } from "./text-encoding.ts";

const TEXT = "name;e-mail\r\nRené Œuvré;rene@company.example\r\nZoë €;zoe@company.example\r\n";

function detect(bytes: Buffer, partLength = bytes.length): TextEncoding {
  const detector = createEncodingDetector();
  for (let from = 0; from < bytes.length; from += partLength) detector.add(bytes.subarray(from, from + partLength));
  return detector.detect();
}

describe("the encoding is told of", () => {
  test.each([
    ["UTF-8", Buffer.from(TEXT), "utf-8"],
    ["UTF-8 with a byte order mark", iconv.encode(TEXT, "utf-8", { addBOM: true }), "utf-8"],
    ["ASCII", Buffer.from("name,email\n"), "utf-8"],
    ["nothing", Buffer.alloc(0), "utf-8"],
    ["UTF-16, little end first", iconv.encode(TEXT, "utf-16le", { addBOM: true }), "utf-16le"],
    ["UTF-16, big end first", iconv.encode(TEXT, "utf-16be", { addBOM: true }), "utf-16be"],
    ["UTF-16 without a mark", iconv.encode(TEXT, "utf-16le"), "utf-16le"],
    ["UTF-16, big end first, without a mark", iconv.encode(TEXT, "utf-16be"), "utf-16be"],
    ["Windows-1252", iconv.encode(TEXT, "windows-1252"), "windows-1252"],
    ["Latin-1", Buffer.from("name\nRené\nZoë\n", "latin1"), "windows-1252"],
    ["Latin-1 that ends with an accent", Buffer.from("name\nRené", "latin1"), "windows-1252"],
    ["UTF-8 that is cut off in a character", Buffer.from("naïve,ok\nRené").subarray(0, -1), "utf-8"],
    ["a stray NUL in UTF-8", Buffer.from("name,email\nA\0nna,anna@company.example\n"), "utf-8"],
  ])("%s, in parts of any length", (_what, bytes, encoding) => {
    expect(detect(bytes)).toBe(encoding);
    if (!encoding.startsWith("utf-16")) expect(detect(bytes, 1)).toBe(encoding);
  });

  test("a file whose first accent comes late", () => {
    const beginning = Buffer.from("name\n" + "Anna\n".repeat(50_000));
    expect(detect(Buffer.concat([beginning, Buffer.from("René", "latin1")]), 4_096)).toBe("windows-1252");
    expect(detect(Buffer.concat([beginning, Buffer.from("René")]), 4_096)).toBe("utf-8");
  });
});

describe("as UTF-8", () => {
  test.each(["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const)("%s is the same text", (encoding) => {
    for (const addBOM of encoding.startsWith("utf") ? [true, false] : [false]) {
      expect(toUtf8(iconv.encode(TEXT, encoding, { addBOM }), encoding, true).toString()).toBe(TEXT);
    }
  });

  test.each(["utf-16le", "utf-16be"] as const)("%s may be cut anywhere", (encoding) => {
    const text = "a😀é👩‍👩‍👧";
    const bytes = iconv.encode(text, encoding);
    for (let length = 4; length <= bytes.length; length += 1) {
      const at = splitAt(bytes, length, encoding);
      const parts = [bytes.subarray(0, at), bytes.subarray(at)].map((part) => toUtf8(part, encoding, false));
      expect(Buffer.concat(parts).toString()).toBe(text);
    }
  });

  test("a mark is left out at the beginning only", () => {
    const bytes = Buffer.from("\ufeffa");
    expect(toUtf8(bytes, "utf-8", true).toString()).toBe("a");
    expect(toUtf8(bytes, "utf-8", false).toString()).toBe("\ufeffa");
  });
});

test("one byte is no UTF-16", () => {
  expect(wideEncodingOf(Buffer.of(0xff))).toBeUndefined();
});
