/**
 * What spreadsheets take for a formula, apostrophes in front or not: = + - @, their wide twins, and what some of them
 * skip before they look for one (OWASP, CSV injection).
 */
const LIKE_FORMULA = /^'*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;
const NEUTRAL = /^'+[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/** The text with an apostrophe in front if it would be taken for a formula. `restoreCell` undoes it, whatever the text. */
export function neutralCell(text: string): string {
  return LIKE_FORMULA.test(text) ? `'${text}` : text;
}

/** The text without the apostrophe that `neutralCell`, or somebody like it, has put in front. */
export function restoreCell(text: string): string {
  return NEUTRAL.test(text) ? text.slice(1) : text;
}
