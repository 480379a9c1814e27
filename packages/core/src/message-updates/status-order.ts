import type { MessageStatus } from "@parley/db";

/**
 * How a message of ours advances. The order is total, so the outcome does not depend on the order of arrival:
 * the furthest status wins. FAILED stands below DELIVERED because a proof of delivery outweighs a failure, and
 * above SENT because a late `sent` does not. The database's enum has the same order.
 */
const ORDER: readonly MessageStatus[] = [
  "RECEIVED",
  "SCHEDULED",
  "QUEUED",
  "SENDING",
  "UNKNOWN",
  "SENT",
  "FAILED",
  "CANCELLED",
  "DELIVERED",
  "READ",
  "PLAYED",
];

export function isFurther(status: MessageStatus, than: MessageStatus): boolean {
  return ORDER.indexOf(status) > ORDER.indexOf(than);
}

/** The statuses that `arrived` adds above `current`, each once, in the order of advance. */
export function stepsForward(current: MessageStatus, arrived: readonly MessageStatus[]): MessageStatus[] {
  return ORDER.filter((status) => arrived.includes(status) && isFurther(status, current));
}
