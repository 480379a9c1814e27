import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readIdentifier } from "./read-identifier.ts";

describe("an identifier has one form", () => {
  test.each([
    ["WHATSAPP", "4915112345678", null, "+4915112345678"],
    ["WHATSAPP", "+49 (151) 1234-5678", null, "+4915112345678"],
    ["WHATSAPP", "0151 12345678", "DE", "+4915112345678"],
    ["WHATSAPP_BSUID", " DE.13491208655302741918", null, "DE.13491208655302741918"],
    ["PHONE", "+49 151 12345678", null, "+4915112345678"],
    ["PHONE", "0049 151 12345678", null, "+4915112345678"],
    ["PHONE", "0049 151 12345678", "FR", "+4915112345678"],
    ["PHONE", "06 12 34 56 78", "FR", "+33612345678"],
    ["PHONE", "(415) 555-2671", "US", "+14155552671"],
    ["EMAIL", " Ana.Lopez@Shop.EXAMPLE ", null, "ana.lopez@shop.example"],
    ["EMAIL", "ana@Müller.example", null, "ana@xn--mller-kva.example"],
    ["EMAIL", "ana+news@a.b.example.", null, "ana+news@a.b.example"],
    ["AMAZON", " A1B2C3 ", null, "A1B2C3"],
    ["EXTERNAL", "Customer 4711", null, "Customer 4711"],
  ] as const)("%s %j of %s is %s", (type, value, country, stored) => {
    expect(readIdentifier({ type, value }, country)).toEqual({ identifier: { type, value: stored } });
  });

  test("that stays as it is when it is read again", () => {
    const typed = fc.constantFrom(...(["WHATSAPP", "PHONE", "EMAIL", "EXTERNAL"] as const));
    const texts = fc.oneof(fc.emailAddress(), fc.stringMatching(/^\+?[1-9][0-9 ()-]{5,16}$/), fc.string());
    const countries = fc.constantFrom(null, "DE", "FR", "US", "XX");
    fc.assert(
      fc.property(typed, texts, countries, (type, value, country) => {
        const read = readIdentifier({ type, value }, country);
        const again = "identifier" in read ? readIdentifier(read.identifier, country) : read;
        expect(again).toEqual(read);
      }),
    );
  });
});

describe("what has no such form is refused", () => {
  test.each([
    ["PHONE", "0151 12345678", null, /begin with \+/],
    ["PHONE", "0151 12345678", "XX", /begin with \+/],
    ["PHONE", "12", "DE", /phone number that exists/],
    ["PHONE", "+49 151 12345678 ext. 5", null, /without an extension/],
    ["PHONE", "call me at +49 151 12345678", null, /phone number|begin with/],
    ["WHATSAPP", "somebody", null, /begin with \+/],
    ["WHATSAPP_BSUID", "de.123", null, /business-scoped user id/],
    ["EMAIL", "ana", null, /e-mail address/],
    ["EMAIL", "ana@localhost", null, /e-mail address/],
    ["EMAIL", "a..b@shop.example", null, /e-mail address/],
    ["EMAIL", `${"a".repeat(65)}@shop.example`, null, /e-mail address/],
    ["EMAIL", "Ana <ana@shop.example>", null, /e-mail address/],
    ["AMAZON", "", null, /one line/],
    ["AMAZON", "a\nb", null, /one line/],
    ["EXTERNAL", "x".repeat(201), null, /at most 200/],
  ] as const)("%s %j of %s", (type, value, country, message) => {
    expect(readIdentifier({ type, value }, country)).toEqual({ message: expect.stringMatching(message) });
  });
});
