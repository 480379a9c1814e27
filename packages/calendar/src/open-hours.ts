import { countAtMost } from "./count-at-most.ts";
import { DAY_MS, WEEK_MS } from "./local-time.ts";
import { weeklyClosingAt, weeklyTimeReachedAt, weeklyTimeUntil, type OpenWeek } from "./open-week.ts";

/** The hours of local time, as if no clock were ever changed. */
export interface OpenHours {
  week: OpenWeek;
  /** When each holiday begins, in order. */
  holidays: readonly number[];
  /** What the week would have been open on each holiday and on all before it. */
  lost: readonly number[];
  /** How much open time there is until each holiday. */
  openUntil: readonly number[];
  /** From here on always open; Infinity if the week is not. */
  alwaysOpenFrom: number;
}

/** `holidays` are beginnings of local days, in order, none twice. */
export function buildOpenHours(week: OpenWeek, holidays: readonly number[]): OpenHours {
  const lost: number[] = [];
  const openUntil: number[] = [];
  for (const day of holidays) {
    const before = lost.at(-1) ?? 0;
    const begins = weeklyTimeUntil(week, day);
    openUntil.push(begins - before);
    lost.push(before + weeklyTimeUntil(week, day + DAY_MS) - begins);
  }
  const lastHoliday = holidays.at(-1) ?? -Infinity;
  return {
    week,
    holidays,
    lost,
    openUntil,
    // Clocks go back by a day at most (where a zone moved east of the date line).
    alwaysOpenFrom: week.total === WEEK_MS ? lastHoliday + 3 * DAY_MS : Infinity,
  };
}

/** Open milliseconds from a fixed beginning until `local`: differences are what has a meaning. Never falls. */
export function openTimeUntil(hours: OpenHours, local: number): number {
  const begun = countAtMost(hours.holidays, local);
  const today = hours.holidays[begun - 1];
  // Within a holiday as much as at its beginning.
  if (today !== undefined && local < today + DAY_MS) return hours.openUntil[begun - 1] ?? 0;
  return weeklyTimeUntil(hours.week, local) - (hours.lost[begun - 1] ?? 0);
}

/** The earliest local time with `open` (whole milliseconds) until it, by the same count. */
export function openTimeReachedAt(hours: OpenHours, open: number): number {
  const passed = countAtMost(hours.openUntil, open - 1);
  return weeklyTimeReachedAt(hours.week, open + (hours.lost[passed - 1] ?? 0));
}

export function isOpenAt(hours: OpenHours, local: number): boolean {
  return openTimeUntil(hours, local + 1) > openTimeUntil(hours, local);
}

/** The first local time from `local` on, itself included, that is closed; Infinity if there is none. */
export function closingAt(hours: OpenHours, local: number): number {
  if (!isOpenAt(hours, local)) return local;
  const nextHoliday = hours.holidays[countAtMost(hours.holidays, local)] ?? Infinity;
  return Math.min(weeklyClosingAt(hours.week, local), nextHoliday);
}
