export const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Local times of day, `HH:MM`; `to` is not within the span, and may be `24:00`. */
export interface OpeningSpan {
  from: string;
  to: string;
}

/** As a tenant's settings have it. */
export interface CalendarInput {
  /** A name of the IANA time zone database. */
  timeZone: string;
  /** A day that is not named is a day off; without any, every day is open from 00:00 to 24:00. */
  businessHours: Partial<Record<Weekday, readonly OpeningSpan[]>>;
  /** Local dates, `YYYY-MM-DD`, which are closed whatever the hours say, and also where no hours are named. */
  holidays: readonly { date: string }[];
}
