import { toCursor, type KeyPart } from "./cursor.ts";
import type { Page } from "./page-query.ts";

/** How many rows to read for a page of `limit`: one more tells whether there is a next page. */
export function rowsToRead(limit: number): number {
  return limit + 1;
}

/** Takes at most `limit` of the rows that were read; `keyOf` is the sort key, in the order of the list. */
export function cutPage<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => readonly KeyPart[]): Page<Row> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return { data, page: { nextCursor: rows.length > limit && last !== undefined ? toCursor(keyOf(last)) : null } };
}

/** The same page with each row as JSON. */
export function mapPage<Row, Item>(page: Page<Row>, toItem: (row: Row) => Item): Page<Item> {
  return { data: page.data.map(toItem), page: page.page };
}
