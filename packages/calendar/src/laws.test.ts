import * as fc from "fast-check";
import { expect, test } from "vitest";
import { anyCalendar } from "./random-calendars.fixture.ts";
import { sumOpenTime, watchOpenMinutes, watchTheWall } from "./wall-clock.fixture.ts";
import { compileCalendar } from "./work-calendar.ts";
import { addWorkingTime, workingTimeBetween } from "./working-time.ts";

const TIMEOUT_MS = 60_000;
const DAY_MS = 86_400_000;
const YEAR_MS = 365.25 * DAY_MS;
const RUNS = { numRuns: 1_500 };

/** What short looks at the wall cannot show: years, many holidays, and instants that lie far apart. */
const dates = fc
  .uniqueArray(fc.integer({ min: dayNumber("2018-01-01"), max: dayNumber("2032-01-01") }), { maxLength: 400 })
  .map((days) => days.map((day) => new Date(day * DAY_MS).toISOString().slice(0, 10)));
const calendars = fc
  .constantFrom(...Intl.supportedValuesOf("timeZone"), "UTC")
  .chain((timeZone) => anyCalendar(timeZone, dates))
  .map(compileCalendar);
const instants = fc.date({ min: new Date("2018-01-01"), max: new Date("2032-01-01"), noInvalidDate: true });
const durations = fc.oneof(fc.nat(1_000), fc.nat(7 * DAY_MS), fc.nat(YEAR_MS));

test(
  "what was added is what lies between, to the millisecond, and the last of it is working time",
  () => {
    fc.assert(
      fc.property(calendars, instants, durations, (calendar, from, ms) => {
        const due = addWorkingTime(calendar, from, ms);
        expect(workingTimeBetween(calendar, from, due)).toBe(ms);
        expect(ms > 0 ? workingTimeBetween(calendar, from, new Date(due.getTime() - 1)) : 0).toBe(Math.max(ms - 1, 0));
      }),
      RUNS,
    );
  },
  TIMEOUT_MS,
);

test(
  "adding in parts is adding the sum",
  () => {
    fc.assert(
      fc.property(calendars, instants, durations, durations, (calendar, from, first, second) => {
        const inParts = addWorkingTime(calendar, addWorkingTime(calendar, from, first), second);
        expect(inParts).toEqual(addWorkingTime(calendar, from, first + second));
      }),
      RUNS,
    );
  },
  TIMEOUT_MS,
);

test(
  "working time adds up over any three instants, whatever their order",
  () => {
    fc.assert(
      fc.property(calendars, instants, instants, instants, (calendar, a, b, c) => {
        const detour = workingTimeBetween(calendar, a, b) + workingTimeBetween(calendar, b, c);
        expect(detour).toBe(workingTimeBetween(calendar, a, c));
      }),
      RUNS,
    );
  },
  TIMEOUT_MS,
);

test(
  "who starts later or has more to do is never done earlier",
  () => {
    fc.assert(
      fc.property(
        calendars,
        fc.tuple(instants, instants),
        fc.tuple(durations, durations),
        (calendar, starts, tasks) => {
          const [early = starts[0], late = starts[1]] = starts.toSorted((a, b) => a.getTime() - b.getTime());
          const [little = 0, much = 0] = tasks.toSorted((a, b) => a - b);
          const due = addWorkingTime(calendar, early, little).getTime();
          expect(addWorkingTime(calendar, late, little).getTime()).toBeGreaterThanOrEqual(due);
          expect(addWorkingTime(calendar, early, much).getTime()).toBeGreaterThanOrEqual(due);
        },
      ),
      RUNS,
    );
  },
  TIMEOUT_MS,
);

test(
  "a leap year of ordinary hours is that of the wall",
  () => {
    const day = [
      { from: "09:00", to: "12:30" },
      { from: "13:30", to: "17:45" },
    ];
    const input = {
      timeZone: "Europe/Paris",
      businessHours: { monday: day, tuesday: day, wednesday: day, thursday: day, friday: day.slice(0, 1) },
      holidays: ["2028-01-01", "2028-02-29", "2028-04-17", "2028-05-01", "2028-07-14", "2028-12-25"].map((date) => ({
        date,
      })),
    };
    const watched = watchTheWall("Europe/Paris", Date.parse("2027-12-31T23:00Z"), 366);
    const sum = sumOpenTime(watched, watchOpenMinutes(watched, input), watched.start, watched.end);
    const calendar = compileCalendar(input);
    expect(workingTimeBetween(calendar, new Date(watched.start), new Date(watched.end))).toBe(sum);
  },
  TIMEOUT_MS,
);

function dayNumber(date: string): number {
  return Date.parse(date) / DAY_MS;
}
