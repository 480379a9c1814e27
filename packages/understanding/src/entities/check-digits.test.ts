import fc from "fast-check";
import { expect, test } from "vitest";
import { isColissimoNumber, isDhlExpressNumber, isS10Number, isUpsNumber, passesLuhn } from "./check-digits.ts";

test.each([
  ["UPS", isUpsNumber, "1Z999AA10123456784"],
  ["the postal union", isS10Number, "RR473124829GB"],
  ["Colissimo", isColissimoNumber, "8L01234567895"],
  ["DHL Express", isDhlExpressNumber, "3318810025"],
  ["Luhn", passesLuhn, "4111111111111111"],
])("%s: the number holds, and with any one of its last figures changed it does not", (_name, isNumber, number) => {
  expect(isNumber(number)).toBe(true);
  const at = number.search(/\d(?=\D*$)/);
  for (const digit of "0123456789") {
    if (digit !== number[at]) expect(isNumber(number.slice(0, at) + digit + number.slice(at + 1))).toBe(false);
  }
});

test("of ten last figures exactly one passes Luhn's check", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\d{12,18}$/), (digits) => {
      expect(Array.from("0123456789").filter((last) => passesLuhn(digits + last))).toHaveLength(1);
    }),
  );
});
