/** Finds escapes that PostgreSQL cannot store when they stand alone. Surrogate pairs match too: a cheap first sieve. */
const SUSPICIOUS_ESCAPE = /\\u(?:0000|d[89a-f])/i;

/**
 * `JSON.parse`, without the two things that JSON may say and PostgreSQL refuses in `text` and `jsonb`: the NUL
 * character (dropped) and halves of surrogate pairs (become U+FFFD). One such character would otherwise block its
 * whole message. Throws SyntaxError for text that is not JSON, RangeError when nested beyond the stack.
 */
export function parseStorableJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return SUSPICIOUS_ESCAPE.test(text) ? makeStorable(value) : value;
}

function makeStorable(value: unknown): unknown {
  if (typeof value === "string") return makeStorableText(value);
  if (Array.isArray(value)) return value.map(makeStorable);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [makeStorableText(key), makeStorable(inner)]));
}

function makeStorableText(text: string): string {
  return (text.includes("\0") ? text.replaceAll("\0", "") : text).toWellFormed();
}
