/** Longer than whatever is an answer and nothing else. */
const MAX_LENGTH = 32;

/** White space, and the mark that asks for a coloured emoji. */
const INVISIBLE = /[\s\u{FE0F}]/gu;

/** 5 · 5. · 5/5 · 5️⃣ */
const NUMBER = /^([1-5])\u{20E3}?(?:\/5\u{20E3}?)?[.!]*$/u;
/** 4⭐ · 4⭐⭐⭐⭐ */
const NUMBER_OF_STARS = /^([1-5])\u{20E3}?([⭐🌟★]+)$/u;
/** ⭐⭐⭐⭐ · ★★★★☆ */
const STARS = /^([⭐🌟★]+)(☆*)$/u;

/**
 * The score, 1 to 5, of a text that is an answer and nothing else: a digit alone, of five, with a star or on a keycap, or
 * so many stars. Undefined for any other text.
 */
export function readScore(text: string): number | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const visible = text.replaceAll(INVISIBLE, "");
  const digit = NUMBER.exec(visible)?.[1];
  if (digit !== undefined) return Number(digit);
  return readNumberOfStars(visible) ?? readStars(visible);
}

/** One star for the word, or as many as the number says. */
function readNumberOfStars(text: string): number | undefined {
  const [, digit, stars = ""] = NUMBER_OF_STARS.exec(text) ?? [];
  const count = lengthOf(stars);
  return count === 1 || count === Number(digit) ? Number(digit) : undefined;
}

function readStars(text: string): number | undefined {
  const [, full = "", empty = ""] = STARS.exec(text) ?? [];
  const score = lengthOf(full);
  const isWhole = empty === "" || score + empty.length === 5;
  return score >= 1 && score <= 5 && isWhole ? score : undefined;
}

/** In characters as people count them: not every star is one UTF-16 unit. */
function lengthOf(stars: string): number {
  return Array.from(stars).length;
}
