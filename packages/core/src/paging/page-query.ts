import { z } from "zod";

const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 50;

export const EXAMPLE_CURSOR = "WyIwMTljMTIzNC01Njc4LTc3MzYtODcyMC02NzM0NWFkMzA3ZDMiXQ";

/** The query parameters of every list; extend it with the filters of yours. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  cursor: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: "The nextCursor of the page before.", example: EXAMPLE_CURSOR }),
});

/** One page of a list, as verbs return it and routes answer it. */
export interface Page<Item> {
  data: Item[];
  page: { nextCursor: string | null };
}
