import type { CalendarInput } from "./calendar-input.ts";
import { buildOpenHours, type OpenHours } from "./open-hours.ts";
import { buildOpenWeek } from "./open-week.ts";
import { readBusinessHours, readHolidays, refuse } from "./read-hours.ts";
import { findZoneClock, type ZoneClock } from "./zone-clock.ts";

/** Made once from a tenant's settings, used for many instants. */
export interface WorkCalendar {
  readonly hours: OpenHours;
  readonly clock: ZoneClock;
}

/**
 * Throws a DomainError `validation_failed`, which names the field, for a zone that the IANA database does not have, times
 * and dates that are none, spans that overlap or are out of order, and hours that never open (days named, all without a
 * span): nothing could be due by them.
 */
export function compileCalendar(input: CalendarInput): WorkCalendar {
  const clock = findZoneClock(input.timeZone);
  if (clock === undefined) {
    throw refuse(
      "timeZone",
      `must be a name of the IANA time zone database, such as "Europe/Paris", not "${input.timeZone}"`,
    );
  }
  const week = buildOpenWeek(readBusinessHours(input.businessHours));
  return { hours: buildOpenHours(week, readHolidays(input.holidays)), clock };
}

/** Time by the calendar, day and night, on holidays too. */
export const calendarTime: WorkCalendar = compileCalendar({ timeZone: "UTC", businessHours: {}, holidays: [] });
