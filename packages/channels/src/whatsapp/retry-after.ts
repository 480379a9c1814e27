/** Whoever asks for more is asked again then. */
const LONGEST_MS = 3_600_000;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * `Retry-After` in milliseconds: seconds, or a date, which is compared with the answer's own `Date` so that our clock
 * does not matter; an hour at most. Not documented for this API; honoured when it is there. Undefined when absent or senseless.
 */
export function readRetryAfter(headers: Headers): number | undefined {
  const value = headers["retry-after"];
  if (typeof value !== "string") return undefined;
  if (/^\d{1,9}$/.test(value)) return Math.min(Number(value) * 1000, LONGEST_MS);
  const { date } = headers;
  const wait = typeof date === "string" ? Date.parse(value) - Date.parse(date) : Number.NaN;
  return wait >= 0 ? Math.min(wait, LONGEST_MS) : undefined;
}
