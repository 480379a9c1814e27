import type { IgnoredPart, UnreadablePart } from "../channel.ts";

/** Longer names would come from a broken payload, not from Meta. */
const MAX_NAME_LENGTH = 64;

export function unreadable(reason: string, account?: string): UnreadablePart {
  return { kind: "unreadable", reason, account };
}

/** `name` may hold text of the payload; it is counted under, so its length is bounded. */
export function ignored(name: string, account?: string): IgnoredPart {
  return { kind: "ignored", name: name.slice(0, MAX_NAME_LENGTH), account };
}
