/** Runs of letters, figures and single hyphens, as codes are. What stands between two such signs is unambiguous. */
const CODE = /[a-z0-9]+(?:-[a-z0-9]+)*/gi;
const LONGEST = 40;

export interface Code {
  /** In capitals. */
  value: string;
  text: string;
  start: number;
  end: number;
}

/** What may be an order number or a tracking number: it has a digit, and is no part of a longer word. */
export function findCodes(text: string): Code[] {
  return Array.from(text.matchAll(CODE), (match): Code => {
    const start = match.index;
    return { value: match[0].toUpperCase(), text: match[0], start, end: start + match[0].length };
  }).filter(
    ({ value, start, end }) =>
      value.length <= LONGEST && /\d/.test(value) && !isLetter(text[start - 1]) && !isLetter(text[end]),
  );
}

function isLetter(sign: string | undefined): boolean {
  return sign !== undefined && /[\p{L}_]/u.test(sign);
}
