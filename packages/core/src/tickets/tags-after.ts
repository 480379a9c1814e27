import { DomainError } from "@parley/runtime";
import { MAX_TAGS } from "./schemas.ts";

/** A ticket's tags with some added and then some removed. Refuses as `conflict` more than a ticket has. */
export function tagsAfter(
  tags: readonly string[],
  { add = [], remove = [] }: { add?: readonly string[] | undefined; remove?: readonly string[] | undefined },
): string[] {
  const after = [...new Set([...tags, ...add])].filter((tag) => !remove.includes(tag));
  // Whoever takes tags away is on the way to few enough.
  if (after.length <= Math.max(MAX_TAGS, tags.length)) return after;
  throw new DomainError("conflict", `A ticket has at most ${MAX_TAGS} tags; remove some first.`);
}
