import { passesLuhn } from "../entities/check-digits.ts";

interface Span {
  start: number;
  end: number;
}

/** Figures with single spaces or hyphens between them. */
const RUN = /\d(?:[ -]?\d)*/g;
const FEWEST = 13;
const MOST = 19;
/** The first figure of cards that people pay with (ISO/IEC 7812). */
const FIRST = /^[2-6]/;

/** Payment card numbers: 13 to 19 figures that pass Luhn's check, and that are a number of their own. */
export function findCards(text: string): Span[] {
  return Array.from(text.matchAll(RUN)).flatMap(({ 0: run, index }) => {
    const digits = run.replaceAll(/\D/g, "");
    const isCard = digits.length >= FEWEST && digits.length <= MOST && FIRST.test(digits) && passesLuhn(digits);
    return isCard ? [{ start: index, end: index + run.length }] : [];
  });
}
