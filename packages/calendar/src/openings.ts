import { readInstant } from "./instants.ts";
import { closingAt, isOpenAt } from "./open-hours.ts";
import type { WorkCalendar } from "./work-calendar.ts";
import { addWorkingTime } from "./working-time.ts";
import { clockPeriodAt } from "./zone-clock.ts";

/** A span is open from its first millisecond, and no longer at the time at which it ends. */
export function isOpen({ hours, clock }: WorkCalendar, at: Date): boolean {
  const instant = readInstant(at);
  return isOpenAt(hours, instant + clockPeriodAt(clock, instant).offset);
}

/** The first instant from `at` on, itself included, at which the calendar is open. There always is one. */
export function nextOpening(calendar: WorkCalendar, at: Date): Date {
  // The next millisecond of working time begins with it.
  return new Date(addWorkingTime(calendar, at, 1).getTime() - 1);
}

/** The first instant from `at` on, itself included, at which the calendar is closed; null if it never closes again. */
export function nextClosing({ hours, clock }: WorkCalendar, at: Date): Date | null {
  let instant = readInstant(at);
  for (;;) {
    const { until, offset } = clockPeriodAt(clock, instant);
    const closes = closingAt(hours, instant + offset) - offset;
    if (closes < until) return new Date(closes);
    if (until === Infinity || instant + offset >= hours.alwaysOpenFrom) return null;
    instant = until;
  }
}
