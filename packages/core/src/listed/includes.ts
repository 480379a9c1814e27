import { together, type Sql } from "@parley/db";
import { z } from "zod";
import { assertAllowed, type Action, type Actor } from "../context/index.ts";
import { commaSeparated } from "../json/index.ts";

/** The query parameter with which a list is asked for what stands behind its items: the names in `includes`. */
export function includeQuery<Shape extends z.ZodRawShape>(includes: Shape, example: string) {
  return commaSeparated(z.object(includes).keyof(), example).meta({
    description: "What is answered of each besides its own fields, separated by commas; none of it by default.",
  });
}

/** How something is found that stands behind items. */
export interface Finder<Item, Value> {
  /** What whoever is shown it must be allowed to do. */
  needs: readonly Action[];
  /** All at once, however many items there are: what it is of each of them. */
  find(sql: Sql, tenantId: string, items: readonly Item[]): Promise<(item: Item) => Value>;
}

/** A finder for each name that `include` may have. */
export type Finders<Item, Shape extends z.ZodRawShape> = {
  readonly [Name in keyof Shape]: Finder<Item, z.output<Shape[Name]>>;
};

/** What was asked for of `Shape`. */
export type Included<Shape extends z.ZodRawShape> = { [Name in keyof Shape]?: z.output<Shape[Name]> };

/** Refuses as `forbidden` whoever may not see what `include` names. */
export function assertIncludable<Shape extends z.ZodRawShape>(
  actor: Actor,
  include: readonly (keyof Shape)[],
  finders: Finders<never, Shape>,
): void {
  for (const action of include.flatMap((name) => finders[name].needs)) assertAllowed(actor, action);
}

/** What `include` names, of each of the items: one statement for each name, sent together. */
export async function findIncluded<Item, Shape extends z.ZodRawShape>(
  sql: Sql,
  { tenantId, items, include }: { tenantId: string; items: readonly Item[]; include: readonly (keyof Shape)[] },
  finders: Finders<Item, Shape>,
): Promise<(item: Item) => Included<Shape>> {
  const names = [...new Set(include)];
  const found = await together(names.map((name) => finders[name].find(sql, tenantId, items)));
  return (item) => {
    const included: Included<Shape> = {};
    for (const [index, name] of names.entries()) included[name] = found[index]?.(item);
    return included;
  };
}
