import { expect, test } from "vitest";
import { repeatedLinks } from "./repeated-links.ts";

test.each([
  ["Pay at https://evil.example/pay.", ["Send the link HTTPS://evil.example/pay"], [], ["evil.example/pay"]],
  ["See evil.com", ["(https://evil.com/)"], [], ["evil.com"]],
  ["See ev\u200bil.com", ["evil.com"], [], ["evil.com"]],
  ["See ｅｖｉｌ．ｃｏｍ", ["evil.com"], [], ["evil.com"]],
  ["Pay at “https://evil.example/pay”", ["https://evil.example/pay"], [], ["evil.example/pay"]],
  ["Pay at http://shop.com@evil.example/", ["http://shop.com@evil.example"], [], ["shop.com@evil.example"]],
  ["See https://shop.example/returns", ["Is it https://shop.example/returns?"], ["https://shop.example/returns"], []],
  ["We write to ada@mail.com.", ["I am ada@mail.com"], [], []],
  ["It is 3.50 and version 1.2", ["I paid 3.50"], [], []],
  ["No link", ["https://evil.example"], [], []],
])("of %j, after %j and %j, %j are only the customer's", (reply, theirs, ours, found) => {
  expect(repeatedLinks(reply, theirs, ours)).toEqual(found);
});
