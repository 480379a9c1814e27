import { z } from "zod";
import { lineText } from "../json/index.ts";

const MAX_HOLIDAYS = 400;

/** Days on which the tenant does not work, each named once, by its own calendar. */
export const holidays = z
  .array(z.strictObject({ date: z.iso.date(), name: lineText(120).optional().meta({ example: "Founding day" }) }))
  .max(MAX_HOLIDAYS)
  .refine((days) => new Set(days.map(({ date }) => date)).size === days.length, "must not name a date twice");
