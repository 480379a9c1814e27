import { describe, expect, it } from "vitest";
import { signBody, verifySignature } from "./verify-signature.ts";

const SECRET = "app-secret";
/** Escaped as Meta escapes: lower-case hex, and a slash. */
const BODY = Buffer.from(String.raw`{"text":"Gr\u00fc\u00dfe \ud83d\ude00","url":"https:\/\/example.com"}`);
const HEADER = signBody(BODY, SECRET);

describe("verifySignature", () => {
  it("accepts the signature of the bytes as they came", () => {
    expect(verifySignature(BODY, HEADER, [SECRET])).toBe(true);
  });

  it("agrees with a signature that another program computed", () => {
    const published = "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
    const body = Buffer.from("The quick brown fox jumps over the lazy dog");
    expect(verifySignature(body, published, ["key"])).toBe(true);
  });

  it("refuses the same JSON printed again, because its bytes differ", () => {
    const printedAgain = Buffer.from(JSON.stringify(JSON.parse(BODY.toString())));
    expect(verifySignature(printedAgain, HEADER, [SECRET])).toBe(false);
  });

  it("refuses when any bit of any byte of the body differs", () => {
    for (let index = 0; index < BODY.length; index += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const altered = Buffer.from(BODY);
        altered.writeUInt8(altered.readUInt8(index) ^ (1 << bit), index);
        expect(verifySignature(altered, HEADER, [SECRET])).toBe(false);
      }
    }
  });

  it("refuses when any character of the header differs", () => {
    for (let index = 0; index < HEADER.length; index += 1) {
      for (const other of ["0", "f", "A", "=", " ", ""]) {
        if (HEADER[index] === other) continue;
        const altered = HEADER.slice(0, index) + other + HEADER.slice(index + 1);
        expect(verifySignature(BODY, altered, [SECRET])).toBe(false);
      }
    }
  });

  it.each([
    ["missing", undefined],
    ["empty", ""],
    ["only the prefix", "sha256="],
    ["another algorithm", HEADER.replace("sha256", "sha1")],
    ["without prefix", HEADER.slice("sha256=".length)],
    ["too long", `${HEADER}00`],
    ["doubled", `${HEADER}, ${HEADER}`],
    ["not hex", `sha256=${"z".repeat(64)}`],
  ])("refuses a header that is %s", (_case, header) => {
    expect(verifySignature(BODY, header, [SECRET])).toBe(false);
  });

  it("accepts any of several secrets while one replaces the other", () => {
    expect(verifySignature(BODY, HEADER, ["next-secret", SECRET])).toBe(true);
    expect(verifySignature(BODY, HEADER, ["next-secret", "third"])).toBe(false);
    expect(verifySignature(BODY, HEADER, [])).toBe(false);
  });

  it("never accepts an empty secret, with which anyone could sign", () => {
    expect(verifySignature(BODY, signBody(BODY, ""), [""])).toBe(false);
  });
});
