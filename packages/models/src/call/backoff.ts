const FIRST_MS = 500;
const LONGEST_MS = 8_000;

/** The pause after the n-th failure in a row (1, 2, …): twice as long each time, half of it by chance. */
export function backoffMs(failures: number, random: () => number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return Math.round(full * (0.5 + random() / 2));
}
