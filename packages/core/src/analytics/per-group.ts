import { GROUPS, type GroupBy } from "./schemas.ts";

/** Something for each way in which reports are grouped. */
export function perGroup<Value>(make: (by: GroupBy) => Value): Readonly<Record<GroupBy, Value>> {
  // Object.fromEntries forgets which keys there are.
  return Object.fromEntries(GROUPS.map((by) => [by, make(by)])) as Record<GroupBy, Value>;
}
