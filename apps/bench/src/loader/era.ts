/**
 * When everything happened: the two years before this moment. It stands still, so that the same seed gives the same
 * rows on any day; what is asked for "the last 30 days" finds the less the longer ago it is.
 */
export const ERA = { from: "2024-12-01T00:00:00Z", until: "2026-12-01T00:00:00Z", days: 730 } as const;

/** Of all tenants. */
export const TIME_ZONE = "Europe/Paris";

export const UNTIL = `timestamptz '${ERA.until}'`;
