import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Decimal, minorDigits, moneyText, priceText, roundMoney } from "./money.ts";

const rounded = (amount: string, currency = "EUR"): string =>
  moneyText(roundMoney(new Decimal(amount), currency), currency);

describe("money", () => {
  test.each([
    ["0.005", "0.00"],
    ["0.015", "0.02"],
    ["0.025", "0.02"],
    ["0.0250000000000000000001", "0.03"],
    ["-0.025", "-0.02"],
    ["1.005", "1.00"],
    ["1.015", "1.02"],
  ])("%s is rounded half to even: %s", (amount, expected) => {
    expect(rounded(amount)).toBe(expected);
  });

  test("has the decimals of its currency", () => {
    expect([minorDigits("EUR"), minorDigits("JPY"), minorDigits("KWD")]).toEqual([2, 0, 3]);
    expect([rounded("2.5", "JPY"), rounded("3.5", "JPY"), rounded("1.2345", "KWD")]).toEqual(["2", "4", "1.234"]);
  });

  test("a quotient that ends in half a coin is known to", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 1, max: 10_000 }), (coins, parts) => {
        // (coins + 1/2) hundredths, as a product that is divided again.
        const half = new Decimal(2 * coins + 1).div(200).times(parts).div(parts);
        const even = coins % 2 === 0 ? coins : coins + 1;
        expect(roundMoney(half, "EUR").times(100).toNumber()).toBe(even);
      }),
    );
  });

  test("large numbers stay exact", () => {
    const all = new Decimal((2n ** 63n - 1n).toString()).times("0.000001");
    expect(moneyText(roundMoney(all, "EUR"), "EUR")).toBe("9223372036854.78");
  });

  test("a price keeps what is less than a coin, and no zeros that say nothing", () => {
    const texts = ["0.002500", "1.000000", "0.5"].map((price) => priceText(new Decimal(price), "EUR"));
    expect(texts).toEqual(["0.0025", "1.00", "0.50"]);
    expect(priceText(new Decimal("3.000000"), "JPY")).toBe("3");
  });
});
