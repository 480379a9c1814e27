import { z } from "zod";

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
const MAX_SPANS = 6;

const startOfSpan = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, such as "09:00"');
const endOfSpan = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of day, such as "17:30", or "24:00"');

interface Span {
  from: string;
  to: string;
}

/** Times of day compare as text because all have five characters. */
const spans = z
  .array(z.strictObject({ from: startOfSpan, to: endOfSpan }))
  .max(MAX_SPANS)
  .refine((day) => day.every(({ from, to }) => from < to), "every span must end after it begins")
  .refine(areApart, "spans must stand in their order and must not overlap");

function areApart(day: readonly Span[]): boolean {
  return day.every(({ from }, index) => from >= (day[index - 1]?.to ?? ""));
}

/** By weekday, in the tenant's time zone, when it works. A day that is not named is a day off; without any, always. */
export const businessHours = z
  .strictObject(byWeekday(spans))
  .partial()
  .refine(
    (week) => Object.keys(week).length === 0 || Object.values(week).some((day) => day.length > 0),
    "must open on some day; name none at all to be open always",
  )
  .meta({
    id: "BusinessHours",
    description: "In the time zone. A day that is not named is a day off; without any, always open.",
    example: { monday: [{ from: "09:00", to: "17:30" }] },
  });

function byWeekday<Schema>(schema: Schema): Record<(typeof WEEKDAYS)[number], Schema> {
  // Object.fromEntries forgets which keys there are.
  return Object.fromEntries(WEEKDAYS.map((day) => [day, schema])) as Record<(typeof WEEKDAYS)[number], Schema>;
}
