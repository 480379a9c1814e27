import { parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/max";
import type { Phone } from "./entity.ts";

/** Groups of figures with the signs between them that people use. What stands between two groups is unambiguous. */
const RUN = /(?:\+|\(\+?)?\d+(?:[ .\-/()\u00a0\u202f]{1,3}\d+)*/g;
const GROUP = /\d+/g;
const DATE = /^(?:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|\d{4}[/.-]\d{1,2}[/.-]\d{1,2})(?!\d|[/.-]\d)/;

/** E.164 allows fifteen; with `00` before them, seventeen. */
const MOST_DIGITS = 17;
const FEWEST_DIGITS = 8;
/** Longer rows of figures are tables; there only numbers as they are usually written are looked for. */
const LONG_RUN = 30;
const USUAL_DIGITS = 10;

/** The phone numbers of a text that its plan of numbers knows. Those without `+` or `00` are read as `region` writes them. */
export function findPhones(text: string, region: CountryCode): Phone[] {
  const known = new Map<string, string | undefined>();
  const parse = (candidate: string): string | undefined => {
    if (!known.has(candidate)) known.set(candidate, toE164(candidate, region));
    return known.get(candidate);
  };
  return Array.from(text.matchAll(RUN)).flatMap((run) => {
    const { index } = run;
    if (isPartOfWord(text, index, index + run[0].length)) return [];
    return findInRun(run[0], parse).map(({ value, start, end }): Phone => {
      const [from, to] = [index + start, index + end];
      return { type: "phone", value, text: text.slice(from, to), start: from, end: to };
    });
  });
}

interface Span {
  value: string;
  start: number;
  end: number;
}

function findInRun(run: string, parse: (candidate: string) => string | undefined): Span[] {
  const groups = Array.from(run.matchAll(GROUP), ({ 0: digits, index }) => ({ digits, start: index }));
  const found: Span[] = [];
  for (let at = 0; at < groups.length;) {
    const span = findFrom(run, groups, at, parse);
    if (span) found.push(span);
    at = span ? groups.findIndex(({ start }) => start >= span.end) : at + 1;
    if (at === -1) break;
  }
  return found;
}

/** The longest number that begins with group `at`. */
function findFrom(
  run: string,
  groups: readonly { digits: string; start: number }[],
  at: number,
  parse: (candidate: string) => string | undefined,
): Span | undefined {
  const first = groups[at];
  if (!first || DATE.test(run.slice(first.start, first.start + 14))) return undefined;
  const sign = /\(?\+?$/.exec(run.slice(0, first.start))?.[0] ?? "";
  const start = first.start - sign.length;
  const isMarked = sign.includes("+") || first.digits.startsWith("0");
  let digits = 0;
  let best: Span | undefined;
  for (let last = at; last < groups.length; last += 1) {
    const group = groups[last];
    digits += group?.digits.length ?? 0;
    if (!group || digits > MOST_DIGITS) break;
    const isWhole = at === 0 && last === groups.length - 1;
    const isUsual = groups.length <= LONG_RUN || digits === USUAL_DIGITS || sign.includes("+");
    if (digits < FEWEST_DIGITS || !isUsual || !(isMarked || isWhole)) continue;
    const end = group.start + group.digits.length;
    const value = parse(run.slice(start, end));
    if (value !== undefined) best = { value, start, end };
  }
  return best;
}

/** The number if it exists and is written as its country writes it: nine figures without the first 0 are none in France. */
function toE164(candidate: string, region: CountryCode): string | undefined {
  const phone = parsePhoneNumberFromString(candidate, { defaultCountry: region, extract: false });
  if (!phone?.isValid()) return undefined;
  const isInternational = /^\(?(?:\+|00)/.test(candidate);
  const written = candidate.replaceAll(/\D/g, "");
  const national = phone.formatNational().replaceAll(/\D/g, "");
  return isInternational || written === national ? phone.number : undefined;
}

function isPartOfWord(text: string, start: number, end: number): boolean {
  return (
    /[\p{L}\d_@]$/u.test(text.slice(Math.max(0, start - 2), start)) || /^-?[\p{L}_@]/u.test(text.slice(end, end + 2))
  );
}
