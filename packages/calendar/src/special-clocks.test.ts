import { expect, test } from "vitest";
import type { CalendarInput } from "./calendar-input.ts";
import { isOpen, nextClosing, nextOpening } from "./openings.ts";
import { compileCalendar } from "./work-calendar.ts";
import { addWorkingTime, workingTimeBetween } from "./working-time.ts";

const HOUR = 3_600_000;
const at = (text: string): Date => new Date(text);

function calendarOf(timeZone: string, businessHours: CalendarInput["businessHours"], holidays: string[] = []) {
  return compileCalendar({ timeZone, businessHours, holidays: holidays.map((date) => ({ date })) });
}

test("hours across a gap of the clock are shorter by it", () => {
  const calendar = calendarOf("Europe/Paris", { sunday: [{ from: "01:00", to: "04:00" }] });
  const saturday = at("2026-03-28T12:00+01:00");
  expect(workingTimeBetween(calendar, saturday, at("2026-03-30T00:00+02:00"))).toBe(2 * HOUR);
  expect(addWorkingTime(calendar, saturday, 2 * HOUR)).toEqual(at("2026-03-29T04:00+02:00"));
});

test("hours that begin within a gap begin where it ends, and those that lie within it do not exist", () => {
  const begins = calendarOf("Europe/Paris", { sunday: [{ from: "02:30", to: "05:00" }] });
  expect(nextOpening(begins, at("2026-03-29T00:00+01:00"))).toEqual(at("2026-03-29T03:00+02:00"));
  expect(addWorkingTime(begins, at("2026-03-29T00:00+01:00"), 2 * HOUR)).toEqual(at("2026-03-29T05:00+02:00"));

  const within = calendarOf("Europe/Paris", { sunday: [{ from: "02:00", to: "03:00" }] });
  expect(nextOpening(within, at("2026-03-29T00:00+01:00"))).toEqual(at("2026-04-05T02:00+02:00"));
});

test("an hour that the clock repeats counts twice", () => {
  const calendar = calendarOf("Europe/Paris", { sunday: [{ from: "01:00", to: "04:00" }] });
  const midnight = at("2026-10-25T00:00+02:00");
  expect(workingTimeBetween(calendar, midnight, at("2026-10-26T00:00+01:00"))).toBe(4 * HOUR);
  expect(nextClosing(calendar, at("2026-10-25T02:00+02:00"))).toEqual(at("2026-10-25T04:00+01:00"));
});

test("hours that begin or end within the repeated hour do so each time that the clock shows it", () => {
  const ends = calendarOf("Europe/Paris", { sunday: [{ from: "00:00", to: "02:30" }] });
  expect(nextClosing(ends, at("2026-10-25T00:00+02:00"))).toEqual(at("2026-10-25T02:30+02:00"));
  expect(nextOpening(ends, at("2026-10-25T02:30+02:00"))).toEqual(at("2026-10-25T02:00+01:00"));
  expect(nextClosing(ends, at("2026-10-25T02:00+01:00"))).toEqual(at("2026-10-25T02:30+01:00"));
  expect(addWorkingTime(ends, at("2026-10-25T00:00+02:00"), 3 * HOUR)).toEqual(at("2026-10-25T02:30+01:00"));

  const begins = calendarOf("Europe/Paris", { sunday: [{ from: "02:30", to: "04:00" }] });
  expect(nextOpening(begins, at("2026-10-25T00:00+02:00"))).toEqual(at("2026-10-25T02:30+02:00"));
  expect(nextClosing(begins, at("2026-10-25T02:30+02:00"))).toEqual(at("2026-10-25T02:00+01:00"));
  expect(nextOpening(begins, at("2026-10-25T02:00+01:00"))).toEqual(at("2026-10-25T02:30+01:00"));
});

test("Lord Howe changes its clock by half an hour", () => {
  const calendar = calendarOf("Australia/Lord_Howe", { sunday: [{ from: "00:00", to: "06:00" }] });
  expect(workingTimeBetween(calendar, at("2026-10-03T12:00Z"), at("2026-10-04T12:00Z"))).toBe(5.5 * HOUR);
  expect(workingTimeBetween(calendar, at("2026-04-04T12:00Z"), at("2026-04-05T12:00Z"))).toBe(6.5 * HOUR);
});

test("a day that begins at 01:00 opens then, and has 23 hours", () => {
  const friday = calendarOf("Africa/Cairo", { friday: [{ from: "00:00", to: "24:00" }] });
  const thursday = at("2026-04-23T12:00+02:00");
  expect(nextOpening(friday, thursday)).toEqual(at("2026-04-24T01:00+03:00"));
  expect(addWorkingTime(friday, thursday, 23 * HOUR)).toEqual(at("2026-04-25T00:00+03:00"));
});

test("a holiday that begins at 01:00 closes all that there is of the day", () => {
  const calendar = calendarOf("America/Sao_Paulo", {}, ["2018-11-04"]);
  expect(nextClosing(calendar, at("2018-11-03T12:00-03:00"))).toEqual(at("2018-11-04T01:00-02:00"));
  expect(nextOpening(calendar, at("2018-11-04T01:00-02:00"))).toEqual(at("2018-11-05T00:00-02:00"));
});

test("where midnight is put back, the last hour of the day before counts twice, and a holiday's closes twice", () => {
  const saturday = calendarOf("America/Sao_Paulo", { saturday: [{ from: "20:00", to: "24:00" }] });
  expect(workingTimeBetween(saturday, at("2018-02-17T12:00Z"), at("2018-02-18T12:00Z"))).toBe(5 * HOUR);
  const holiday = calendarOf("America/Sao_Paulo", {}, ["2018-02-17"]);
  expect(nextOpening(holiday, at("2018-02-17T23:30-02:00"))).toEqual(at("2018-02-18T00:00-03:00"));
});

test("a day that begins twice has its first hour twice", () => {
  const calendar = calendarOf("America/Havana", { sunday: [{ from: "00:00", to: "00:30" }] });
  expect(nextClosing(calendar, at("2026-11-01T00:00-04:00"))).toEqual(at("2026-11-01T00:30-04:00"));
  expect(nextOpening(calendar, at("2026-11-01T00:30-04:00"))).toEqual(at("2026-11-01T00:00-05:00"));
  expect(nextClosing(calendar, at("2026-11-01T00:00-05:00"))).toEqual(at("2026-11-01T00:30-05:00"));
});

test("the Friday that Apia left out has no hours, and is no holiday", () => {
  const fridays = { friday: [{ from: "09:00", to: "17:00" }] };
  const thursday = at("2011-12-29T12:00-10:00");
  for (const calendar of [calendarOf("Pacific/Apia", fridays), calendarOf("Pacific/Apia", fridays, ["2011-12-30"])]) {
    expect(addWorkingTime(calendar, thursday, HOUR)).toEqual(at("2012-01-06T10:00+14:00"));
  }
  const always = calendarOf("Pacific/Apia", {}, ["2011-12-30"]);
  expect(nextClosing(always, thursday)).toBeNull();
});

test("the Tuesday that Kwajalein had twice, as it moved east of the date line, counts twice", () => {
  const calendar = calendarOf("Pacific/Kwajalein", { tuesday: [{ from: "09:00", to: "17:00" }] }, ["1969-10-07"]);
  expect(workingTimeBetween(calendar, at("1969-09-29T00:00Z"), at("1969-10-06T00:00Z"))).toBe(16 * HOUR);
  expect(isOpen(calendar, at("1969-09-30T10:00+11:00"))).toBe(true);
  expect(isOpen(calendar, at("1969-09-30T10:00-12:00"))).toBe(true);
});

test("a clock that is put back over midnight returns to the last holiday, which closes again", () => {
  const calendar = calendarOf("America/St_Johns", {}, ["2006-10-28"]);
  const sunday = at("2006-10-29T00:00:30-02:30");
  expect(isOpen(calendar, sunday)).toBe(true);
  expect(nextClosing(calendar, sunday)).toEqual(at("2006-10-28T23:01-03:30"));
});

test("a holiday that comes twice closes twice", () => {
  const calendar = calendarOf("Pacific/Kwajalein", {}, ["1969-09-30"]);
  expect(nextClosing(calendar, at("1969-09-29T12:00+11:00"))).toEqual(at("1969-09-30T00:00+11:00"));
  expect(nextOpening(calendar, at("1969-09-30T00:00+11:00"))).toEqual(at("1969-10-01T00:00-12:00"));
});

test("the leap day is a day like any other, and 2100 has none", () => {
  const tuesdays = { tuesday: [{ from: "09:00", to: "17:00" }] };
  const monday = at("2028-02-28T12:00Z");
  expect(nextOpening(calendarOf("UTC", tuesdays), monday)).toEqual(at("2028-02-29T09:00Z"));
  expect(nextOpening(calendarOf("UTC", tuesdays, ["2028-02-29"]), monday)).toEqual(at("2028-03-07T09:00Z"));
  const mondays = calendarOf("UTC", { monday: [{ from: "00:00", to: "24:00" }] });
  expect(nextOpening(mondays, at("2100-02-28T12:00Z"))).toEqual(at("2100-03-01T00:00Z"));
});
