import { DomainError } from "@parley/runtime";
import { expect, test } from "vitest";
import type { CalendarInput } from "./calendar-input.ts";
import { isOpen, nextClosing, nextOpening } from "./openings.ts";
import { calendarTime, compileCalendar } from "./work-calendar.ts";
import { addWorkingTime, workingTimeBetween } from "./working-time.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (text: string): Date => new Date(text);
const nineToFive = [{ from: "09:00", to: "17:00" }];

function compile(input: Partial<CalendarInput>) {
  return compileCalendar({ timeZone: "Europe/Paris", businessHours: {}, holidays: [], ...input });
}

test("a task that the day just holds is due as it closes, and the next millisecond on the next morning", () => {
  const calendar = compile({ businessHours: { monday: nineToFive, tuesday: nineToFive } });
  const morning = at("2026-06-01T09:00+02:00");
  expect(addWorkingTime(calendar, morning, 8 * HOUR)).toEqual(at("2026-06-01T17:00+02:00"));
  expect(addWorkingTime(calendar, morning, 8 * HOUR + 1)).toEqual(at("2026-06-02T09:00:00.001+02:00"));
});

test("no time at all is due at once, open or not", () => {
  const night = at("2026-06-01T03:00+02:00");
  expect(addWorkingTime(compile({ businessHours: { monday: nineToFive } }), night, 0)).toEqual(night);
});

test("hours open with their first millisecond and are closed when they end", () => {
  const calendar = compile({ businessHours: { monday: nineToFive } });
  const moments = ["08:59:59.999", "09:00:00.000", "16:59:59.999", "17:00:00.000"];
  const answers = moments.map((time) => isOpen(calendar, at(`2026-06-01T${time}+02:00`)));
  expect(answers).toEqual([false, true, true, false]);
});

test("the next opening and closing are this very instant where it already is open or closed", () => {
  const calendar = compile({ businessHours: { monday: nineToFive } });
  const noon = at("2026-06-01T12:00+02:00");
  const evening = at("2026-06-01T20:00+02:00");
  expect(nextOpening(calendar, noon)).toEqual(noon);
  expect(nextClosing(calendar, noon)).toEqual(at("2026-06-01T17:00+02:00"));
  expect(nextOpening(calendar, evening)).toEqual(at("2026-06-08T09:00+02:00"));
  expect(nextClosing(calendar, evening)).toEqual(evening);
});

test("spans that touch, at midnight and at the end of the week too, are one", () => {
  const calendar = compile({
    businessHours: {
      sunday: [
        { from: "20:00", to: "22:00" },
        { from: "22:00", to: "24:00" },
      ],
      monday: [{ from: "00:00", to: "06:00" }],
    },
  });
  expect(nextClosing(calendar, at("2026-06-07T20:00+02:00"))).toEqual(at("2026-06-08T06:00+02:00"));
});

test("without any day named every day is open, except holidays", () => {
  const calendar = compile({ holidays: [{ date: "2026-12-25" }] });
  const eve = at("2026-12-24T12:00+01:00");
  expect(nextClosing(calendar, eve)).toEqual(at("2026-12-25T00:00+01:00"));
  expect(addWorkingTime(calendar, eve, DAY)).toEqual(at("2026-12-26T12:00+01:00"));
  expect(nextClosing(calendar, at("2026-12-26T12:00+01:00"))).toBeNull();
});

test("a holiday that is named twice, and after later ones, is one day", () => {
  const calendar = compile({ holidays: ["2026-12-25", "2026-05-01", "2026-12-25"].map((date) => ({ date })) });
  expect(workingTimeBetween(calendar, at("2026-01-01T00:00+01:00"), at("2027-01-01T00:00+01:00"))).toBe(363 * DAY);
});

test("a day that is not named is a day off, as is one that is named without hours", () => {
  const calendar = compile({ businessHours: { monday: nineToFive, tuesday: [] } });
  expect(nextOpening(calendar, at("2026-06-01T17:00+02:00"))).toEqual(at("2026-06-08T09:00+02:00"));
});

test("calendar time passes day and night and never closes", () => {
  const now = at("2026-03-29T00:30Z");
  expect(addWorkingTime(calendarTime, now, 3 * DAY + 1)).toEqual(at("2026-04-01T00:30:00.001Z"));
  expect(workingTimeBetween(calendarTime, now, at("2026-03-28T00:30Z"))).toBe(-DAY);
  expect(isOpen(calendarTime, now)).toBe(true);
  expect(nextClosing(calendarTime, now)).toBeNull();
});

test("no time lies between an instant and itself, nor within the night", () => {
  const calendar = compile({ businessHours: { monday: nineToFive } });
  const night = at("2026-06-01T03:00+02:00");
  expect(workingTimeBetween(calendar, night, night)).toBe(0);
  expect(workingTimeBetween(calendar, night, at("2026-06-01T02:00+02:00"))).toBe(0);
});

test("centuries away clocks are no longer changed, and adding still is the inverse of the difference", () => {
  const calendar = compile({ businessHours: { monday: nineToFive } });
  const from = at("2026-06-01T09:00+02:00");
  const due = addWorkingTime(calendar, from, 20_000 * 8 * HOUR);
  expect(due).toEqual(at("2409-09-14T17:00+01:00"));
  expect(workingTimeBetween(calendar, from, due)).toBe(20_000 * 8 * HOUR);
  expect(() => addWorkingTime(calendar, from, Number.MAX_SAFE_INTEGER)).toThrow(RangeError);
});

test("names of a zone that differ in their case, or are older, are one zone", () => {
  expect(compile({ timeZone: "europe/paris" }).clock).toBe(compile({}).clock);
  expect(compile({ timeZone: "Asia/Calcutta" }).clock).toBe(compile({ timeZone: "Asia/Kolkata" }).clock);
});

test.each<[path: string, input: Partial<CalendarInput>]>([
  ["timeZone", { timeZone: "Europe/Atlantis" }],
  ["timeZone", { timeZone: "+02:00" }],
  ["timeZone", { timeZone: "" }],
  ["businessHours", { businessHours: { monday: [], tuesday: [] } }],
  ["businessHours.someday", { businessHours: { someday: nineToFive } as CalendarInput["businessHours"] }],
  ["businessHours.monday.0.from", { businessHours: { monday: [{ from: "9:00", to: "17:00" }] } }],
  ["businessHours.monday.0", { businessHours: { monday: [{ from: "24:00", to: "24:00" }] } }],
  ["businessHours.friday.0.to", { businessHours: { friday: [{ from: "09:00", to: "24:30" }] } }],
  ["businessHours.friday.0", { businessHours: { friday: [{ from: "17:00", to: "09:00" }] } }],
  ["businessHours.friday.0", { businessHours: { friday: [{ from: "09:00", to: "09:00" }] } }],
  ["businessHours.friday.1", { businessHours: { friday: [...nineToFive, { from: "16:59", to: "18:00" }] } }],
  ["holidays.1.date", { holidays: [{ date: "2028-02-29" }, { date: "2026-02-29" }] }],
  ["holidays.0.date", { holidays: [{ date: "25/12/2026" }] }],
])("what is no calendar is refused, and %s is named", (path, input) => {
  const refused = expectRefusal(() => compile(input));
  expect(refused.code).toBe("validation_failed");
  expect(refused.fields.map((field) => field.path)).toEqual([path]);
  expect(refused.message).toContain(path);
});

test.each([-1, 0.5, Number.NaN, Infinity])("%d is no working time to add", (ms) => {
  expect(() => addWorkingTime(calendarTime, at("2026-06-01T09:00Z"), ms)).toThrow(/whole number of milliseconds/);
});

test("an invalid date is no instant", () => {
  const never = new Date(Number.NaN);
  expect(() => addWorkingTime(calendarTime, never, 1)).toThrow(RangeError);
  expect(() => workingTimeBetween(calendarTime, never, at("2026-06-01"))).toThrow(RangeError);
  expect(() => isOpen(calendarTime, never)).toThrow(RangeError);
  expect(() => nextClosing(calendarTime, never)).toThrow(RangeError);
});

function expectRefusal(run: () => unknown): DomainError {
  try {
    run();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
