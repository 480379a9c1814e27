import type { z } from "zod";
import { commaSeparated } from "../json/index.ts";

/** The query parameter with which a list of such objects is asked for some of their fields. */
export function fieldsQuery<Shape extends z.ZodRawShape>(json: z.ZodObject<Shape>, example: string) {
  return commaSeparated(json.keyof(), example).meta({
    description: "What is answered of each, separated by commas; all of it by default. The id always is.",
  });
}

/** What is left of an object in a list that was asked for some of its fields. */
export type Listed<Item extends { id: string }> = Pick<Item, "id"> & Partial<Item>;

/** What `fields` asks for of an object: all of it without them, and always its id. */
export function pickFields<Item extends { id: string }>(
  item: Item,
  fields: readonly string[] | undefined,
): Listed<Item> {
  if (fields === undefined) return item;
  const wanted = new Set(["id", ...fields]);
  // Object.fromEntries forgets which keys there are.
  return Object.fromEntries(Object.entries(item).filter(([field]) => wanted.has(field))) as Listed<Item>;
}
