import { addTime, type TicketClocks } from "../sla-clocks/index.ts";

/** What happens to a ticket in which nobody writes, and when, in milliseconds since 1970. */
export interface AutoClosePlan {
  at: number;
  what: "announce" | "close";
}

/**
 * What comes next for a ticket of a status that is closed by itself; null for any other. A customer who was told late has as
 * long to answer as one who was told in time.
 */
export function planAutoClose({ rules, status, quietSince, announcedAt }: TicketClocks): AutoClosePlan | null {
  const rule = rules?.autoClose.get(status);
  if (!rule) return null;
  const { calendar, afterMs, notice } = rule;
  const endAt = addTime(calendar, quietSince, afterMs);
  if (!notice) return { at: endAt, what: "close" };
  if (announcedAt === null) return { at: addTime(calendar, quietSince, afterMs - notice.beforeMs), what: "announce" };
  return { at: Math.max(endAt, addTime(calendar, announcedAt, notice.beforeMs)), what: "close" };
}
