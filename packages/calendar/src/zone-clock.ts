import { Temporal } from "temporal-polyfill";
import { countAtMost } from "./count-at-most.ts";

/** While a zone's clock is not changed. Instants in epoch milliseconds; local time is UTC plus `offset`. */
export interface ClockPeriod {
  /** -Infinity before the first change that counts. */
  from: number;
  /** The next change, which is no longer within; Infinity after the last that counts. */
  until: number;
  offset: number;
}

/** A zone and what was learnt of its clock. */
export interface ZoneClock {
  timeZone: string;
  /** Of the periods that are known, in order, not necessarily without gaps between them. */
  starts: number[];
  periods: ClockPeriod[];
}

/** Outside of these years clocks are not changed any more: nobody knows how they will be, and no walk takes long. */
const FIRST_INSTANT = Date.UTC(1900, 0, 1);
const LAST_INSTANT = Date.UTC(2200, 0, 1);

/** The periods of a zone are facts, the same for every calendar, and there are only so many zones and years. */
const clocks = new Map<string, ZoneClock>();

/** Undefined when the IANA database has no zone of this name. Offsets, which Intl accepts too, are no zones. */
export function findZoneClock(name: string): ZoneClock | undefined {
  const timeZone = canonicalName(name);
  if (timeZone === undefined) return undefined;
  const clock = clocks.get(timeZone) ?? { timeZone, starts: [], periods: [] };
  clocks.set(timeZone, clock);
  return clock;
}

/** The period in which `instant` (epoch milliseconds) lies. */
export function clockPeriodAt(clock: ZoneClock, instant: number): ClockPeriod {
  const index = countAtMost(clock.starts, instant);
  const known = clock.periods[index - 1];
  if (known !== undefined && instant < known.until) return known;
  const period = askPeriodAt(clock.timeZone, Math.min(Math.max(instant, FIRST_INSTANT), LAST_INSTANT));
  clock.starts.splice(index, 0, period.from);
  clock.periods.splice(index, 0, period);
  return period;
}

function askPeriodAt(timeZone: string, instant: number): ClockPeriod {
  const at = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
  // "previous" looks before its instant, and a change at this very instant has already happened.
  const previous = at.add({ nanoseconds: 1 }).getTimeZoneTransition("previous")?.epochMilliseconds ?? -Infinity;
  const next = at.getTimeZoneTransition("next")?.epochMilliseconds ?? Infinity;
  return {
    from: previous < FIRST_INSTANT ? -Infinity : previous,
    until: next > LAST_INSTANT ? Infinity : next,
    offset: at.offsetNanoseconds / 1e6,
  };
}

function canonicalName(name: string): string | undefined {
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
