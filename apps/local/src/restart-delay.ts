const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;
const MAX_FAILURES = 8;

/** How long to wait before the next try after so many failures in a row (from 1); undefined: no further try. */
export function restartDelayMs(failures: number): number | undefined {
  if (failures > MAX_FAILURES) return undefined;
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
}
