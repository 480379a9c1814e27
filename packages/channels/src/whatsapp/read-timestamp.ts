const EARLIEST = 1_000_000_000;
const LATEST = 4_102_444_800;

/**
 * A provider's time: Unix seconds as text (documented) or as an integer (seen). Undefined for anything else, and for
 * times outside 2001 to 2100: milliseconds taken for seconds would put a message thousands of years ahead.
 */
export function readTimestamp(value: unknown): Date | undefined {
  const seconds = typeof value === "string" && /^\d{1,12}$/.test(value) ? Number(value) : value;
  if (typeof seconds !== "number" || !Number.isSafeInteger(seconds)) return undefined;
  return seconds >= EARLIEST && seconds <= LATEST ? new Date(seconds * 1000) : undefined;
}
