/**
 * When everything happened: the two years before this moment. It stands still, so that the same seed gives the same
 * rows on any day.
 */
export const ERA = { from: "2024-11-01T00:00:00Z", until: "2026-11-01T00:00:00Z", days: 730 } as const;

export const UNTIL = `timestamptz '${ERA.until}'`;
