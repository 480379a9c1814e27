import type { Sql, Statement } from "@parley/db";
import type { Action } from "../context/index.ts";
import type { Finder } from "../listed/index.ts";

/** Something that was found, with the key that it was looked for by. */
export type Keyed<Row> = Row & { key: string };

/** How something is looked for: `find` takes the tenant and distinct keys. */
export interface Source<Found, Ref> {
  needs: readonly Action[];
  find: Statement<Keyed<Found>>;
  toRef: (found: Found) => Ref;
}

/** A finder of what stands behind a key of each item. It asks once, or not at all where no item has a key. */
export function findByKey<Item, Found extends object, Ref>(
  { needs, find, toRef }: Source<Found, Ref>,
  keyOf: (item: Item) => string | null,
): Finder<Item, Ref | null> {
  return {
    needs,
    async find(sql, tenantId, items) {
      const found = await findAllOf(sql, find, tenantId, items.map(keyOf));
      const refs = new Map(found.map((each) => [each.key, toRef(each)]));
      return (item) => refs.get(keyOf(item) ?? "") ?? null;
    },
  };
}

/** The same where there may be several of a key. */
export function findAllByKey<Item, Found extends object, Ref>(
  { needs, find, toRef }: Source<Found, Ref>,
  keyOf: (item: Item) => string,
): Finder<Item, Ref[]> {
  return {
    needs,
    async find(sql, tenantId, items) {
      const found = Map.groupBy(await findAllOf(sql, find, tenantId, items.map(keyOf)), ({ key }) => key);
      return (item) => (found.get(keyOf(item)) ?? []).map(toRef);
    },
  };
}

async function findAllOf<Found extends object>(
  sql: Sql,
  find: Statement<Keyed<Found>>,
  tenantId: string,
  keys: readonly (string | null)[],
): Promise<Keyed<Found>[]> {
  const distinct = [...new Set(keys)].filter((key) => key !== null);
  return distinct.length === 0 ? [] : sql.rows(find, [tenantId, distinct]);
}
