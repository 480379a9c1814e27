/** Epoch milliseconds. Throws a RangeError for an invalid Date. */
export function readInstant(date: Date): number {
  const instant = date.getTime();
  if (Number.isNaN(instant)) throw new RangeError("an instant must be a valid Date");
  return instant;
}

/** Throws a RangeError for what a Date cannot hold. */
export function toDate(instant: number): Date {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) throw new RangeError("the instant lies beyond the year 275760, the last of a Date");
  return date;
}
