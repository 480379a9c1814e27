import * as fc from "fast-check";
import { WEEKDAYS, type CalendarInput, type OpeningSpan } from "./calendar-input.ts";

const minuteOfDay = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(0, 1_440) },
  { weight: 2, arbitrary: fc.nat(7).map((half) => half * 30) },
  { weight: 3, arbitrary: fc.nat(48).map((half) => half * 30) },
  { weight: 3, arbitrary: fc.nat(1_440) },
);

/** Spans between neighbouring times, of which some are left out, so that some touch. */
const spansOfDay = fc
  .tuple(fc.uniqueArray(minuteOfDay, { maxLength: 7 }), fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }))
  .map(([times, kept]): OpeningSpan[] => {
    const sorted = times.toSorted((a, b) => a - b).map(toText);
    return sorted
      .slice(1)
      .map((to, index) => ({ from: sorted[index] ?? "", to }))
      .filter((_, index) => kept[index]);
  });

const businessHours: fc.Arbitrary<CalendarInput["businessHours"]> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({}) },
  {
    weight: 8,
    arbitrary: fc
      .record(Object.fromEntries(WEEKDAYS.map((day) => [day, spansOfDay])), { requiredKeys: [] })
      .filter((week) => Object.values(week).some((day) => day !== undefined && day.length > 0)),
  },
);

export function anyCalendar(timeZone: string, dates: fc.Arbitrary<readonly string[]>): fc.Arbitrary<CalendarInput> {
  return fc.record({
    timeZone: fc.constant(timeZone),
    businessHours,
    holidays: dates.map((days) => days.map((date) => ({ date }))),
  });
}

/** Instants from `start` until before `end`, whole minutes more often than chance would have them. */
export function anyInstant(start: number, end: number): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: start / 60_000, max: end / 60_000 - 1 }).map((minute) => minute * 60_000),
    fc.integer({ min: start, max: end - 1 }),
  );
}

function toText(minute: number): string {
  const hours = String(Math.floor(minute / 60)).padStart(2, "0");
  return `${hours}:${String(minute % 60).padStart(2, "0")}`;
}
