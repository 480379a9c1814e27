/** Days are dates without a zone, such as "2026-03-31": those of the company's wall. */
export interface ForecastInput {
  /** What is charged in the period so far. */
  soFar: bigint;
  /** What was used, by day; a day that is missing had nothing. Days before `knownFrom` do not count. */
  days: readonly { day: string; quantity: bigint }[];
  /** The first day of which all is known. */
  knownFrom: string;
  /** The period's first and last day. */
  firstDay: string;
  lastDay: string;
  today: string;
  /** How much of today has passed, from 0 to 1. */
  shareOfToday: number;
}

export interface Forecast {
  /** What will have been used by the end of the period, to the nearest unit; never less than what was. */
  quantity: bigint;
  /** `none`: there are not even six hours of history, so nothing more is expected. */
  method: "linear_with_weekday_profile" | "linear" | "none";
  /** How many whole days it looks back on. */
  basisDays: number;
}

const DAY_MS = 24 * 3_600_000;
const WEEK = 7;
/** The level is that of the last four weeks, so that growth counts; the profile needs more days to be smooth. */
const LEVEL_DAYS = 4 * WEEK;
const PROFILE_DAYS = 8 * WEEK;
/** A profile of a single week would take a holiday for a habit. */
const LEAST_PROFILE_DAYS = 2 * WEEK;
/** In days. The first minutes of a company's first day tell nothing of the month. */
const LEAST_WEIGHT = 0.25;

/**
 * What a period will come to, if it goes on as it did. Each day that is left is worth the mean of the last four weeks,
 * times what its day of the week is worth against the others in the last eight (`linear_with_weekday_profile`); with less
 * than two weeks of history all days are worth the same (`linear`). Of today what is left of it counts.
 */
export function forecastUsage(input: ForecastInput): Forecast {
  const today = toNumber(input.today);
  const first = toNumber(input.firstDay);
  const last = toNumber(input.lastDay);
  const used = new Map(input.days.map(({ day, quantity }) => [toNumber(day), quantity]));

  const known = daysBetween(Math.max(toNumber(input.knownFrom), today - PROFILE_DAYS), today - 1);
  const usedOn = (day: number): number => Number(used.get(day) ?? 0n);
  const hasProfile = known.length >= LEAST_PROFILE_DAYS;
  const weightOf = hasProfile ? weekdayWeights(known, usedOn) : () => 1;
  // Today counts as far as it has passed, so a company's first day tells something, too.
  const basis = [
    ...known.filter((day) => day >= today - LEVEL_DAYS).map((day) => ({ used: usedOn(day), weight: weightOf(day) })),
    { used: usedOn(today), weight: weightOf(today) * input.shareOfToday },
  ];
  const weight = sumOf(basis.map((day) => day.weight));
  if (weight < LEAST_WEIGHT) return { quantity: input.soFar, method: "none", basisDays: 0 };

  const level = sumOf(basis.map((day) => day.used)) / weight;
  const ahead = daysBetween(Math.max(first, today), last).map((day) =>
    day === today ? weightOf(day) * (1 - input.shareOfToday) : weightOf(day),
  );
  const more = Math.round(level * sumOf(ahead));
  return {
    quantity: input.soFar + BigInt(more),
    method: hasProfile ? "linear_with_weekday_profile" : "linear",
    basisDays: known.length,
  };
}

/** What each day of the week is worth: 1 is the mean of all. Without any usage they are worth the same. */
function weekdayWeights(days: readonly number[], usedOn: (day: number) => number): (day: number) => number {
  const byWeekday = Map.groupBy(days, weekdayOf);
  const means = new Map([...byWeekday].map(([weekday, those]) => [weekday, sumOf(those.map(usedOn)) / those.length]));
  const mean = sumOf([...means.values()]) / WEEK;
  return mean === 0 ? () => 1 : (day) => (means.get(weekdayOf(day)) ?? 0) / mean;
}

/** Days since 1970. */
function toNumber(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / DAY_MS;
}

function weekdayOf(day: number): number {
  return day % WEEK;
}

function daysBetween(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_each, index) => first + index);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
