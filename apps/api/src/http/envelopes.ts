import { EXAMPLE_CURSOR } from "@parley/core/paging";
import { z } from "zod";

/** `{ "data": … }`: the answer with one thing. */
export function dataOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: item });
}

/** `{ "data": […], "page": { "nextCursor" } }`: one page of a list. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    data: z.array(item),
    page: z.object({
      nextCursor: z
        .string()
        .nullable()
        .meta({ description: "Pass as ?cursor= for the next page; null on the last.", example: EXAMPLE_CURSOR }),
    }),
  });
}
