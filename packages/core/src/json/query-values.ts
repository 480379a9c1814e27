import { z } from "zod";

const MOST_SEPARATED = 50;
const MOST_REPEATED = 10;
const MAX_LENGTH = 5_000;

/** Several values in one query parameter: "open,pending". */
export function commaSeparated<Output>(item: z.ZodType<Output>, example: string) {
  return z
    .string()
    .max(MAX_LENGTH)
    .transform((text): unknown[] => text.split(",").map((part) => part.trim()))
    .pipe(z.array(item).max(MOST_SEPARATED))
    .optional()
    .meta({ description: "Several are separated by commas.", example });
}

/** A query parameter that may be given several times, of values in which there may be commas. */
export function repeated(item: z.ZodType<string, string>) {
  return z.union([item.transform((one) => [one]), z.array(item).min(1).max(MOST_REPEATED)]).optional();
}

export function queryBoolean() {
  return z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .optional();
}
