import { z } from "zod";

const MICROS_DIGITS = 6;
const AMOUNT = /^(\d{1,9})(?:\.(\d{1,6}))?$/;

/** Millionths of the currency's unit as a decimal number: 1500000n is "1.5". */
export function fromMicros(micros: bigint): string {
  const digits = String(micros).padStart(MICROS_DIGITS + 1, "0");
  const whole = digits.slice(0, -MICROS_DIGITS);
  const part = digits.slice(-MICROS_DIGITS).replace(/0+$/, "");
  return part === "" ? whole : `${whole}.${part}`;
}

/** An amount of money in a request: a decimal number as text, from 0 to `most`. Read as millionths. */
export function amountInput(most: number) {
  return z.string().transform((text, issues) => {
    const [, whole, part = ""] = AMOUNT.exec(text) ?? [];
    const micros = whole === undefined ? undefined : BigInt(whole + part.padEnd(MICROS_DIGITS, "0"));
    if (micros !== undefined && micros <= BigInt(most) * 1_000_000n) return micros;
    issues.addIssue({
      code: "custom",
      message: `must be a decimal number from 0 to ${most} with at most 6 places, such as "12.50"`,
    });
    return z.NEVER;
  });
}

/** An amount of money in an answer. */
export const amountJson = z.string().meta({ description: "A decimal number in the currency's unit.", example: "12.5" });
