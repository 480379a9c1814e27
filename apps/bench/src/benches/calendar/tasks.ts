import { addWorkingTime, compileCalendar, type CalendarInput } from "@parley/calendar";
import { createRandom } from "../../statistics.ts";
import { createNaiveAddition } from "./add-naively.ts";

const TASKS = 4_000;
const ZONES = [
  "Europe/Paris",
  "America/New_York",
  "Asia/Kolkata",
  "Australia/Sydney",
  "America/Sao_Paulo",
  "Africa/Cairo",
];
const BEGIN = Date.UTC(2026, 0, 1);
const TWO_YEARS_MS = 2 * 365 * 86_400_000;
const MINUTE_MS = 60_000;
/** Up to six working days of 7 hours and 45 minutes, three on average. */
const MOST_MINUTES = 6 * 465;

/** One addition, by each contender. */
export interface Task {
  ours(): Date;
  naive(): Date;
}

/** Instants at any time of day, in the zones of several companies with ordinary hours. The same on every run. */
export function createTasks(): Task[] {
  const random = createRandom(1);
  const calendars = ZONES.map((timeZone) => {
    const input = ordinaryHours(timeZone);
    return { calendar: compileCalendar(input), addNaively: createNaiveAddition(input) };
  });
  return Array.from({ length: TASKS }, (_, index) => {
    const { calendar, addNaively } = calendars[index % calendars.length] ?? failWithoutZones();
    const from = new Date(BEGIN + Math.floor(random() * TWO_YEARS_MS));
    const ms = Math.ceil((1 - random()) * MOST_MINUTES) * MINUTE_MS;
    return { ours: () => addWorkingTime(calendar, from, ms), naive: () => addNaively(from, ms) };
  });
}

function ordinaryHours(timeZone: string): CalendarInput {
  const day = [
    { from: "09:00", to: "12:30" },
    { from: "13:30", to: "17:45" },
  ];
  const dates = ["01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25"];
  return {
    timeZone,
    businessHours: { monday: day, tuesday: day, wednesday: day, thursday: day, friday: day },
    holidays: [2026, 2027, 2028].flatMap((year) => dates.map((date) => ({ date: `${year}-${date}` }))),
  };
}

function failWithoutZones(): never {
  throw new Error("the bench needs a zone");
}
