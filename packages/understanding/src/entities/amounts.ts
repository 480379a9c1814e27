import type { Amount, Currency } from "./entity.ts";

/** Figures in groups. What stands between two groups is unambiguous. */
const FIGURES = /\d+(?:[ .,'\u00a0\u202f]\d+)*/g;
const GROUP_OR_SIGN = /\d+|\D/g;
const MOST_DIGITS = 12;

const SIGNS: Readonly<Record<string, Currency>> = {
  "€": "EUR",
  eur: "EUR",
  euro: "EUR",
  euros: "EUR",
  $: "USD",
  usd: "USD",
  dollar: "USD",
  dollars: "USD",
  "£": "GBP",
  gbp: "GBP",
  pound: "GBP",
  pounds: "GBP",
  chf: "CHF",
};
const BEFORE = /(?<![\p{L}\d])(?:€|\$|£|eur|usd|gbp|chf)[ \u00a0\u202f]?$/iu;
const AFTER = /^[ \u00a0\u202f]?(?:€|\$|£|euros?|eur|dollars?|usd|pounds?|gbp|chf)(?!\p{L})/iu;
/** "12€50". */
const CENTS = /^\d{2}(?![\d.,])/;

/** The sums of money of a text that name their currency, such as "12,50 €", "EUR 1 200,00" and "12€50". */
export function findAmounts(text: string): Amount[] {
  const found: Amount[] = [];
  for (const { 0: figures, index } of text.matchAll(FIGURES)) {
    const end = index + figures.length;
    // What ends an amount begins no other: "15 € 20 $".
    const from = Math.max(found.at(-1)?.end ?? 0, index - 6);
    const before = BEFORE.exec(text.slice(from, index))?.[0] ?? "";
    const after = AFTER.exec(text.slice(end, end + 10))?.[0] ?? "";
    const first = before === "" || isNearer(after, before) ? undefined : readFirst(figures);
    if (first) found.push(toAmount(text, index - before.length, index + first.end, before, first.minorUnits));
    const last = after === "" ? undefined : readLast(figures);
    if (!last || last.start < (first?.end ?? 0)) continue;
    const cents = after.trim() === "€" && last.isWhole ? (CENTS.exec(text.slice(end + after.length))?.[0] ?? "") : "";
    const minorUnits = last.minorUnits + Number(cents);
    found.push(toAmount(text, index + last.start, end + after.length + cents.length, after, minorUnits));
  }
  return found;
}

function toAmount(text: string, start: number, end: number, sign: string, minorUnits: number): Amount {
  const currency = SIGNS[sign.trim().toLowerCase()];
  if (!currency) throw new Error(`${sign} is matched as a currency but has no code`);
  const value = `${Math.floor(minorUnits / 100)}.${String(minorUnits % 100).padStart(2, "0")} ${currency}`;
  return { type: "amount", value, text: text.slice(start, end), start, end, minorUnits, currency };
}

/** "EUR 15€": a sign without a space belongs to the figure rather than one with it. */
function isNearer(sign: string, than: string): boolean {
  return sign !== "" && sign.trim() === sign && than.trim() !== than;
}

interface ReadNumber {
  minorUnits: number;
  /** Within the figures. */
  start: number;
  end: number;
  isWhole: boolean;
}

/** The number that `figures` begin with: groups of three are thousands, one or two figures after a point are decimals. */
function readFirst(figures: string): ReadNumber | undefined {
  const parts = figures.match(GROUP_OR_SIGN) ?? [];
  let last = 0;
  while ((parts[0]?.length ?? 0) <= 3 && parts[last + 2]?.length === 3) last += 2;
  const hasDecimals = /[.,]/.test(parts[last + 1] ?? "") && (parts[last + 2]?.length ?? 3) <= 2;
  return toNumber(parts, 0, last, hasDecimals);
}

/** The number that `figures` end with, by the same rules: "06 12 €" are twelve euros. */
function readLast(figures: string): ReadNumber | undefined {
  const parts = figures.match(GROUP_OR_SIGN) ?? [];
  const hasDecimals = parts.length >= 3 && /[.,]/.test(parts.at(-2) ?? "") && (parts.at(-1)?.length ?? 3) <= 2;
  const last = parts.length - (hasDecimals ? 3 : 1);
  let first = last;
  while (first >= 2 && parts[first]?.length === 3 && (parts[first - 2]?.length ?? 4) <= 3) first -= 2;
  return toNumber(parts, first, last, hasDecimals);
}

function toNumber(parts: readonly string[], first: number, last: number, hasDecimals: boolean): ReadNumber | undefined {
  const whole = parts
    .slice(first, last + 1)
    .filter((part) => /\d/.test(part))
    .join("");
  if (whole.length > MOST_DIGITS) return undefined;
  const decimals = hasDecimals ? (parts[last + 2] ?? "") : "";
  const start = parts.slice(0, first).join("").length;
  const end = start + parts.slice(first, last + (hasDecimals ? 3 : 1)).join("").length;
  return { minorUnits: Number(whole) * 100 + Number(decimals.padEnd(2, "0")), start, end, isWhole: !hasDecimals };
}
