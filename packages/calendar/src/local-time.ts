/**
 * Local time is counted in milliseconds like UTC: what `Date.UTC` makes of the date and time that the wall shows. Its
 * days all have 24 hours; that clocks are put forward and back is the zone's business.
 */
export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;
export const WEEK_MS = 7 * DAY_MS;

/** 5 January 1970, 00:00. */
export const FIRST_MONDAY = 4 * DAY_MS;
