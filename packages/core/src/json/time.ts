import { z } from "zod";

const EARLIEST = Date.UTC(1970, 0, 1);

/** A point in time in a request: ISO 8601 with its offset. */
export const timeInput = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((time) => time.getTime() >= EARLIEST, "must be 1970 or later")
  .meta({ example: "2026-01-31T08:00:00Z" });

/** A point in time in an answer: ISO 8601, UTC. */
export const timeJson = z.iso.datetime();
