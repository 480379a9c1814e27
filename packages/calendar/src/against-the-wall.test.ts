import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { CalendarInput } from "./calendar-input.ts";
import { isOpen, nextClosing, nextOpening } from "./openings.ts";
import { anyCalendar, anyInstant } from "./random-calendars.fixture.ts";
import {
  findInstant,
  sumOpenTime,
  walkOpenTime,
  watchOpenMinutes,
  watchTheWall,
  type WatchedTime,
} from "./wall-clock.fixture.ts";
import { compileCalendar } from "./work-calendar.ts";
import { addWorkingTime, workingTimeBetween } from "./working-time.ts";

const TIMEOUT_MS = 60_000;
const DAY = 86_400_000;
const DAYS_WATCHED = 5;

/** Days on which something happens to the clock or to the calendar, each in the middle of what is watched. */
const SPECIAL_DAYS: readonly (readonly [timeZone: string, date: string])[] = [
  ["Europe/Paris", "2026-03-29"],
  ["Europe/Paris", "2026-10-25"],
  ["Europe/London", "2026-10-25"],
  ["Europe/Dublin", "2026-03-29"],
  ["America/New_York", "2026-03-08"],
  ["America/New_York", "2026-11-01"],
  ["America/St_Johns", "2006-10-29"],
  ["America/Havana", "2026-03-08"],
  ["America/Havana", "2026-11-01"],
  ["America/Sao_Paulo", "2018-11-04"],
  ["America/Sao_Paulo", "2018-02-18"],
  ["America/Caracas", "2016-05-01"],
  ["America/Scoresbysund", "2024-03-31"],
  ["Africa/Cairo", "2026-04-24"],
  ["Africa/Cairo", "2026-10-30"],
  ["Africa/Casablanca", "2026-02-15"],
  ["Africa/Casablanca", "2026-03-22"],
  ["Antarctica/Troll", "2026-03-29"],
  ["Antarctica/Troll", "2026-10-25"],
  ["Asia/Beirut", "2026-03-29"],
  ["Asia/Tehran", "2022-03-22"],
  ["Asia/Tehran", "2021-09-22"],
  ["Asia/Kathmandu", "1986-01-01"],
  ["Asia/Pyongyang", "2015-08-15"],
  ["Asia/Pyongyang", "2018-05-05"],
  ["Asia/Amman", "2022-02-25"],
  ["Australia/Lord_Howe", "2026-10-04"],
  ["Australia/Lord_Howe", "2026-04-05"],
  ["Pacific/Chatham", "2026-09-27"],
  ["Pacific/Chatham", "2026-04-05"],
  ["Pacific/Apia", "2011-12-30"],
  ["Pacific/Apia", "2012-04-01"],
  ["Pacific/Fakaofo", "2011-12-30"],
  ["Pacific/Kwajalein", "1993-08-21"],
  ["Pacific/Kiritimati", "1994-12-31"],
  ["UTC", "2028-02-29"],
  ["Pacific/Auckland", "2024-02-29"],
  ["America/Los_Angeles", "2000-02-29"],
  ["Asia/Kolkata", "2027-12-31"],
];

/** The wall is read once for each special day, as reading is what takes long. */
const watchedDays = SPECIAL_DAYS.map(([timeZone, date]) => watchAround(timeZone, Date.parse(date)));

test(
  "where clocks change and days are missing, all answers are those of the wall",
  () => {
    const anyCase = fc
      .constantFrom(...watchedDays)
      .chain((watched) => fc.tuple(fc.constant(watched), anyCaseOf(watched)));
    fc.assert(
      fc.property(anyCase, ([watched, one]) => {
        const { ms, ...seen } = answersOfTheWall(watched, one);
        expect(answersOfTheCalendar(watched, one, ms)).toEqual(seen);
      }),
      { numRuns: 8_000 },
    );
  },
  TIMEOUT_MS,
);

test(
  "in any zone and at any time, all answers are those of the wall",
  () => {
    const anyWatched = fc
      .tuple(fc.constantFrom(...Intl.supportedValuesOf("timeZone")), anyDay())
      .map(([timeZone, day]) => watchAround(timeZone, day));
    const anyCases = anyWatched.chain((watched) =>
      fc.tuple(fc.constant(watched), fc.array(anyCaseOf(watched), { minLength: 20, maxLength: 20 })),
    );
    fc.assert(
      fc.property(anyCases, ([watched, cases]) => {
        for (const one of cases) {
          const { ms, ...seen } = answersOfTheWall(watched, one);
          expect(answersOfTheCalendar(watched, one, ms)).toEqual(seen);
        }
      }),
      { numRuns: 100 },
    );
  },
  TIMEOUT_MS,
);

interface Case {
  input: CalendarInput;
  from: number;
  to: number;
  /** Of the working time that is left from `from` on, how much to add. */
  share: number;
}

function anyCaseOf({ timeZone, start, end, minutes }: WatchedTime): fc.Arbitrary<Case> {
  const special = new Date(start + 2 * DAY).toISOString().slice(0, 10);
  const dates = [...new Set([special, ...minutes.map(({ date }) => date)])];
  return fc.record({
    input: anyCalendar(timeZone, fc.subarray(dates)),
    from: anyInstant(start, end),
    to: anyInstant(start, end),
    share: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
  });
}

/** Leap days, and the weeks in which clocks tend to change, more often than others. */
function anyDay(): fc.Arbitrary<number> {
  const year = fc.integer({ min: 1975, max: 2090 });
  return fc.oneof(
    year.map((y) => Date.UTC(y - (y % 4), 1, 29)),
    fc
      .tuple(year, fc.constantFrom(2, 3, 8, 9, 10), fc.integer({ min: 1, max: 31 }))
      .map(([y, m, d]) => Date.UTC(y, m, d)),
    fc.tuple(year, fc.nat(364)).map(([y, d]) => Date.UTC(y, 0, 1 + d)),
  );
}

/** Zones are at most fourteen hours off, so that the local day lies within what is watched. */
function watchAround(timeZone: string, day: number): WatchedTime {
  return watchTheWall(timeZone, day - 2 * DAY, DAYS_WATCHED);
}

interface Answers {
  isOpen: boolean;
  between: number;
  due: number | undefined;
  /** Undefined when it is not seen while the wall is watched. */
  opening: number | undefined;
  closing: number | undefined;
}

function answersOfTheWall(watched: WatchedTime, { input, from, to, share }: Case): Answers & { ms: number } {
  const open = watchOpenMinutes(watched, input);
  const sum = (start: number, end: number): number => sumOpenTime(watched, open, start, end);
  const ms = Math.floor(share * sum(from, watched.end));
  const opening = findInstant(watched, open, from, true);
  return {
    ms,
    isOpen: opening === from,
    between: to < from ? 0 - sum(to, from) : sum(from, to),
    due: walkOpenTime(watched, open, from, ms),
    opening,
    closing: findInstant(watched, open, from, false),
  };
}

function answersOfTheCalendar(watched: WatchedTime, { input, from, to }: Case, ms: number): Answers {
  const calendar = compileCalendar(input);
  const at = new Date(from);
  const seen = (date: Date | null): number | undefined =>
    date !== null && date.getTime() < watched.end ? date.getTime() : undefined;
  return {
    isOpen: isOpen(calendar, at),
    between: workingTimeBetween(calendar, at, new Date(to)),
    due: addWorkingTime(calendar, at, ms).getTime(),
    opening: seen(nextOpening(calendar, at)),
    closing: seen(nextClosing(calendar, at)),
  };
}
