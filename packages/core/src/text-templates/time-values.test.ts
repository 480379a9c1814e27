import { expect, test } from "vitest";
import { timeValues } from "./time-values.ts";

const NOW = new Date("2026-01-31T23:30:00Z");

test("the time is told in the company's language and time zone", () => {
  expect(timeValues(NOW, { timeZone: "Europe/Paris", languages: ["fr", "en"] })).toEqual({
    date: "1 février 2026",
    time: "00:30",
    weekday: "dimanche",
    hour: 0,
  });
});

test("the hour is a number in every language", () => {
  expect(timeValues(NOW, { timeZone: "UTC", languages: ["ar-EG"] }).hour).toBe(23);
  expect(timeValues(NOW, { timeZone: "UTC", languages: [] })).toMatchObject({ weekday: "Saturday", hour: 23 });
});
