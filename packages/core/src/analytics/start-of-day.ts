/**
 * SQL of when a day begins in a time zone. Where clocks change at midnight it has no 0:00, or two; of two PostgreSQL means the later,
 * and the day begins with the first.
 */
export function startOfDay(day: string, timeZone: string): string {
  const midnight = `(${day})::timestamp at time zone ${timeZone}`;
  return `(select min(t) from unnest(array[${midnight}, ${midnight} - interval '30 minutes', ${midnight} - interval '1 hour']) t
            where (t at time zone ${timeZone})::date >= ${day})`;
}
