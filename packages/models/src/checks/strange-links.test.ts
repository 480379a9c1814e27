import { describe, expect, test } from "vitest";
import { strangeLinks } from "./strange-links.ts";

const DATA = {
  conversation: [{ text: "I was on https://shop.example.com/Returns?id=1 and wrote to help@shop.com" }],
  sources: [{ body: "See www.shop.com/faq." }],
};

describe("what stands in the data is known", () => {
  test.each([
    "https://shop.example.com/Returns?id=1",
    "Look: https://shop.example.com/Returns?id=1.",
    "(http://www.shop.com/faq/)",
    "shop.example.com/returns?id=1",
    "help@shop.com",
    "No link at all, version 1.2, 12.50 EUR. Thanks.Bye",
  ])("%s", (reply) => {
    expect(strangeLinks({ reply }, DATA)).toEqual([]);
  });
});

describe("what does not is strange", () => {
  test.each([
    "https://evil.com/",
    "evil.com",
    "evil.com/login",
    "[here](https://evil.com)",
    "HTTPS://EVIL.COM",
    "e\u200Bvil.com",
    "ｅｖｉｌ．ｃｏｍ",
    "http://1.2.3.4/x",
    "http://localhost/x",
    "whatsapp://send?text=x",
    "https://shop.example.com/Returns?id=2",
    "https://shop.example.com.evil.com/Returns?id=1",
    "https://shop.example.com@evil.com/",
    "boss@shop.com",
  ])("%s", (reply) => {
    expect(strangeLinks({ reply: `Bonjour, ${reply} !`, other: ["x"] }, DATA)).not.toEqual([]);
  });
});

test("it is looked for in every field", () => {
  expect(strangeLinks({ a: { b: ["fine", "evil.com"] } }, DATA)).toEqual(["evil.com"]);
});
