import { TICKET_GROUPS, type GroupBy } from "./schemas.ts";

/** Something for each way in which tickets are grouped. */
export function perGroup<Value>(make: (by: GroupBy) => Value): Readonly<Record<GroupBy, Value>> {
  // Object.fromEntries forgets which keys there are.
  return Object.fromEntries(TICKET_GROUPS.map((by) => [by, make(by)])) as Record<GroupBy, Value>;
}
