import type { CalendarInput, Weekday } from "@parley/calendar";
import { Temporal } from "temporal-polyfill";

const WEEKDAYS: readonly Weekday[] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** The plain way: day after day, each span as the date library makes instants of it. For spans that end before 24:00. */
export function createNaiveAddition({ timeZone, businessHours, holidays }: CalendarInput) {
  const closed = new Set(holidays.map(({ date }) => date));
  const toInstant = (day: Temporal.PlainDate, time: string): number =>
    day.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds;

  return (from: Date, ms: number): Date => {
    let left = ms;
    let day = Temporal.Instant.fromEpochMilliseconds(from.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
    for (; ; day = day.add({ days: 1 })) {
      const weekday = WEEKDAYS[day.dayOfWeek - 1];
      if (weekday === undefined || closed.has(day.toString())) continue;
      for (const span of businessHours[weekday] ?? []) {
        const opens = Math.max(toInstant(day, span.from), from.getTime());
        const lasts = toInstant(day, span.to) - opens;
        if (lasts <= 0) continue;
        if (left <= lasts) return new Date(opens + left);
        left -= lasts;
      }
    }
  };
}
