import { WEEKDAYS, type CalendarInput, type Weekday } from "./calendar-input.ts";

/**
 * Working time as a person would find it who looks at the wall once a minute: nothing but Intl, and no line of what it
 * judges. Right wherever offsets and hours are whole minutes.
 */
export interface WatchedTime {
  timeZone: string;
  /** Epoch milliseconds, a whole minute. */
  start: number;
  end: number;
  /** What the wall shows, minute by minute. */
  minutes: readonly WallMinute[];
}

interface WallMinute {
  date: string;
  weekday: Weekday;
  /** `HH:MM` */
  time: string;
}

const MINUTE = 60_000;
const SHOWN = /^(\w+), (\d\d)\/(\d\d)\/(\d{4}), (\d\d:\d\d)$/;

export function watchTheWall(timeZone: string, start: number, days: number): WatchedTime {
  const wall = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "long",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const minutes = Array.from({ length: days * 1_440 }, (_, index) => readWall(wall.format(start + index * MINUTE)));
  return { timeZone, start, end: start + minutes.length * MINUTE, minutes };
}

function readWall(text: string): WallMinute {
  const [, name, month, day, year, time] = SHOWN.exec(text) ?? [];
  const weekday = WEEKDAYS.find((candidate) => candidate === name?.toLowerCase());
  if (weekday === undefined || time === undefined) throw new Error(`the wall shows "${text}"`);
  return { date: `${year}-${month}-${day}`, weekday, time };
}

/** Whether each minute of the time watched is open. */
export function watchOpenMinutes(watched: WatchedTime, input: CalendarInput): boolean[] {
  const closedDates = new Set(input.holidays.map(({ date }) => date));
  const always = Object.keys(input.businessHours).length === 0;
  return watched.minutes.map(({ date, weekday, time }) => {
    const spans = always ? [{ from: "00:00", to: "24:00" }] : (input.businessHours[weekday] ?? []);
    return spans.some(({ from, to }) => from <= time && time < to) && !closedDates.has(date);
  });
}

export function sumOpenTime(watched: WatchedTime, open: readonly boolean[], from: number, to: number): number {
  let sum = 0;
  for (let minute = Math.floor((from - watched.start) / MINUTE); ; minute += 1) {
    const begins = watched.start + minute * MINUTE;
    if (begins >= to) return sum;
    if (open[minute]) sum += Math.min(begins + MINUTE, to) - Math.max(begins, from);
  }
}

/** Undefined when so much open time does not pass while the wall is watched. */
export function walkOpenTime(
  watched: WatchedTime,
  open: readonly boolean[],
  from: number,
  ms: number,
): number | undefined {
  if (ms === 0) return from;
  let left = ms;
  for (let minute = Math.floor((from - watched.start) / MINUTE); minute < open.length; minute += 1) {
    if (!open[minute]) continue;
    const begins = Math.max(watched.start + minute * MINUTE, from);
    const lasts = watched.start + (minute + 1) * MINUTE - begins;
    if (left <= lasts) return begins + left;
    left -= lasts;
  }
  return undefined;
}

/** The first instant from `from` on that is open, or closed; undefined if the wall is not watched for so long. */
export function findInstant(
  watched: WatchedTime,
  open: readonly boolean[],
  from: number,
  wanted: boolean,
): number | undefined {
  const minute = open.indexOf(wanted, Math.floor((from - watched.start) / MINUTE));
  return minute < 0 ? undefined : Math.max(watched.start + minute * MINUTE, from);
}
