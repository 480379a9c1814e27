import { countrySpecs, isValidIBAN } from "ibantools";

interface Span {
  start: number;
  end: number;
}

const BEGINNING = /(?<![\p{L}\d])[a-z]{2}\d{2}(?=[ a-z\d])/giu;
/** The longest IBAN has 34 signs, and a space after every fourth. */
const LONGEST_WRITTEN = 34 + 8;

/** IBANs, with or without spaces: of the length of their country, with the right check digits (ISO 13616, modulo 97). */
export function findIbans(text: string): Span[] {
  return Array.from(text.matchAll(BEGINNING)).flatMap(({ index }) => {
    const length = countrySpecs[text.slice(index, index + 2).toUpperCase()]?.chars;
    const end = length && endOfSigns(text, index, length);
    if (!end || !isValidIBAN(text.slice(index, end).replaceAll(" ", "").toUpperCase())) return [];
    return [{ start: index, end }];
  });
}

/** Where `count` letters and figures from `start` on end, if only single spaces stand between them. */
function endOfSigns(text: string, start: number, count: number): number | undefined {
  let left = count;
  for (let at = start; at < Math.min(text.length, start + LONGEST_WRITTEN); at += 1) {
    const sign = text.charAt(at);
    if (sign === " " && text.charAt(at - 1) !== " ") continue;
    if (!/[a-z\d]/i.test(sign)) return undefined;
    left -= 1;
    if (left === 0) return /[\p{L}\d]/u.test(text.charAt(at + 1)) ? undefined : at + 1;
  }
  return undefined;
}
