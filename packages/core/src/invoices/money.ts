import { Decimal as AnyDecimal } from "decimal.js";

/**
 * Numbers of money: exact sums and products, and quotients of sixty digits, so that a half is a half when it is rounded.
 * Amounts are rounded once, where a line of an invoice is made, half to the even neighbour: over many lines that favours
 * nobody.
 */
export const Decimal = AnyDecimal.clone({
  precision: 60,
  rounding: AnyDecimal.ROUND_HALF_EVEN,
  toExpNeg: -30,
  toExpPos: 60,
});
export type Decimal = AnyDecimal;

/** How many decimals the currency's smallest coin has (ISO 4217): 2 of EUR, 0 of JPY, 3 of KWD. */
export function minorDigits(currency: string): number {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** The amount in whole coins of the currency, half to even. */
export function roundMoney(amount: Decimal, currency: string): Decimal {
  return amount.toDecimalPlaces(minorDigits(currency));
}

/** As answers and the database have it: "12.50" of EUR, "13" of JPY. */
export function moneyText(amount: Decimal, currency: string): string {
  return amount.toFixed(minorDigits(currency));
}

/** A price of one unit, which may be less than a coin: without zeros at its end, but never fewer decimals than the coin has. */
export function priceText(price: Decimal, currency: string): string {
  return price.toFixed(Math.max(price.decimalPlaces(), minorDigits(currency)));
}

/** What PostgreSQL keeps of money, to reckon with. */
export function toDecimal(stored: { toFixed(): string }): Decimal {
  return new Decimal(stored.toFixed());
}
