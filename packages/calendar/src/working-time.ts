import { readInstant, toDate } from "./instants.ts";
import { openTimeReachedAt, openTimeUntil } from "./open-hours.ts";
import type { WorkCalendar } from "./work-calendar.ts";
import { clockPeriodAt } from "./zone-clock.ts";

/**
 * The earliest instant from `from` on until which `ms` of working time have passed: the closing, not the next opening,
 * where both would do, and `from` itself, open or not, for 0. So
 * `workingTimeBetween(calendar, from, addWorkingTime(calendar, from, ms))` is `ms`, and adding in parts is adding the
 * sum. Throws a RangeError unless `ms` is a whole number of milliseconds, 0 or more.
 */
export function addWorkingTime(calendar: WorkCalendar, from: Date, ms: number): Date {
  if (!Number.isSafeInteger(ms) || ms < 0) {
    throw new RangeError(`working time must be a whole number of milliseconds, 0 or more, not ${ms}`);
  }
  const { hours, clock } = calendar;
  let at = readInstant(from);
  let left = ms;
  while (left > 0) {
    const { until, offset } = clockPeriodAt(clock, at);
    const passed = openTimeUntil(hours, at + offset);
    const reachedAt = openTimeReachedAt(hours, passed + left) - offset;
    if (reachedAt <= until) return toDate(reachedAt);
    left -= openTimeUntil(hours, until + offset) - passed;
    at = until;
  }
  return new Date(at);
}

/** Working time in milliseconds, exact. Negative when `to` lies before `from`. */
export function workingTimeBetween(calendar: WorkCalendar, from: Date, to: Date): number {
  const start = readInstant(from);
  const end = readInstant(to);
  // Subtracting leaves no -0, which is another value to those who compare strictly.
  return end < start ? 0 - sumWorkingTime(calendar, end, start) : sumWorkingTime(calendar, start, end);
}

function sumWorkingTime({ hours, clock }: WorkCalendar, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end;) {
    const { until, offset } = clockPeriodAt(clock, at);
    const next = Math.min(until, end);
    sum += openTimeUntil(hours, next + offset) - openTimeUntil(hours, at + offset);
    at = next;
  }
  return sum;
}
