import { DomainError } from "@parley/runtime";
import { z } from "zod";

/** A calendar month: the name of a billing period in addresses and answers. */
export const periodInput = z
  .string()
  .regex(/^20\d\d-(0[1-9]|1[0-2])$/, "must be a month, such as 2026-03")
  .meta({ description: "A calendar month.", example: "2026-03" });

export const periodJson = z.string().meta({ description: "A calendar month.", example: "2026-03" });

/** The first day of the month: the key under which the database has it. */
export function toPeriodDate(period: string): Date {
  return new Date(`${period}-01T00:00:00Z`);
}

/** 2026-03, of a day of the month. */
export function toPeriodKey(day: Date): string {
  return day.toISOString().slice(0, "2026-03".length);
}

export function noSuchPeriod(): DomainError {
  return new DomainError("not_found", "The company has no billing period of this month.");
}

/** From when to when a period is, and in whose days, for answers. */
export function spanJson({ startsAt, endsAt, timeZone }: { startsAt: Date; endsAt: Date; timeZone: string }) {
  return { startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString(), timeZone };
}
