import { DomainError } from "@parley/runtime";
import { WEEKDAYS, type CalendarInput, type OpeningSpan } from "./calendar-input.ts";
import { DAY_MS, MINUTE_MS, WEEK_MS } from "./local-time.ts";

const TIME_OF_DAY = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;
const DATE = /^\d{4}-\d\d-\d\d$/;

interface WeekSpan {
  start: number;
  end: number;
}

/** The spans of a week in their order, in milliseconds since Monday, 00:00. Throws `validation_failed`. */
export function readBusinessHours(businessHours: CalendarInput["businessHours"]): WeekSpan[] {
  const named = Object.keys(businessHours).filter((day) => Reflect.get(businessHours, day) !== undefined);
  for (const day of named) {
    if (!WEEKDAYS.some((weekday) => weekday === day)) throw refuse(`businessHours.${day}`, `must be a day of the week`);
  }
  if (named.length === 0) return [{ start: 0, end: WEEK_MS }];
  const spans = WEEKDAYS.flatMap((day, index) =>
    readDay(`businessHours.${day}`, businessHours[day] ?? []).map(({ start, end }) => ({
      start: index * DAY_MS + start,
      end: index * DAY_MS + end,
    })),
  );
  if (spans.length === 0) throw refuse("businessHours", "must open on some day, or name none to be open always");
  return spans;
}

function readDay(path: string, day: readonly OpeningSpan[]): WeekSpan[] {
  let closedSince = 0;
  return day.map(({ from, to }, index) => {
    const start = readTimeOfDay(`${path}.${index}.from`, from);
    const end = readTimeOfDay(`${path}.${index}.to`, to);
    if (end <= start) throw refuse(`${path}.${index}`, "must end after it begins");
    if (start < closedSince) throw refuse(`${path}.${index}`, "must begin after the span before it has ended");
    closedSince = end;
    return { start, end };
  });
}

function readTimeOfDay(path: string, text: string): number {
  const match = TIME_OF_DAY.exec(text);
  if (!match) throw refuse(path, `must be a time of day, such as "09:00", not "${text}"`);
  const [, hours, minutes] = match;
  return hours === undefined ? DAY_MS : (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
}

/** When the days begin, in local milliseconds, in order and each once. Throws `validation_failed`. */
export function readHolidays(holidays: CalendarInput["holidays"]): number[] {
  const days = holidays.map(({ date }, index) => {
    const day = DATE.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
    // Some parsers make the first of March of the thirtieth of February.
    if (Number.isNaN(day) || !new Date(day).toISOString().startsWith(date)) {
      throw refuse(`holidays.${index}.date`, `must be a date, such as "2026-12-25", not "${date}"`);
    }
    return day;
  });
  return [...new Set(days)].toSorted((a, b) => a - b);
}

export function refuse(path: string, message: string): DomainError {
  return new DomainError("validation_failed", `${path} ${message}.`, { fields: [{ path, message }] });
}
