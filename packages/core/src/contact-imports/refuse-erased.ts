import type { KnownIds } from "./find-by-ids.ts";
import { RowRefusal, type ContactRow } from "./read-row.ts";

const ERASED = "contactId: is of somebody who was erased";
const ERASED_SINCE = "is of somebody who was erased since the file was sent";

/**
 * Rows of people who were erased. By what they were known somebody who sends it again makes somebody new of it; an id names nobody
 * else, so what was exported before an erasure does not bring them back.
 */
export function refuseErased(
  rows: readonly ContactRow[],
  { erased, ids }: { erased: ReadonlySet<string>; ids: KnownIds },
): Map<ContactRow, RowRefusal> {
  const refusals = new Map<ContactRow, RowRefusal>();
  for (const row of rows) {
    if (row.contactId !== null && ids.isErased(row.contactId)) refusals.set(row, new RowRefusal(ERASED));
    else if (row.identifiers.some(({ value }) => erased.has(value))) refusals.set(row, new RowRefusal(ERASED_SINCE));
  }
  return refusals;
}
