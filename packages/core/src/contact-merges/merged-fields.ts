import { isDeepStrictEqual } from "node:util";
import { MAX_CONTACT_TAGS } from "../contacts/index.ts";

type Values = Record<string, unknown>;

/** What two contacts make one of. */
export interface ContactFields {
  name: string | null;
  tags: string[];
  metadata: Values;
  attributes: Values;
  /** ISO 8601 */
  blockedAt: string | null;
}

/**
 * The target's fields with what the source has besides: the target's name and values go first. Who is blocked in one of
 * the two stays blocked: it is one person.
 */
export function mergedFields(target: ContactFields, source: ContactFields): ContactFields {
  const blocks = [target.blockedAt, source.blockedAt].filter((at) => at !== null).toSorted();
  return {
    name: target.name ?? source.name,
    tags: [...new Set([...target.tags, ...source.tags])].slice(0, Math.max(MAX_CONTACT_TAGS, target.tags.length)),
    metadata: { ...source.metadata, ...target.metadata },
    attributes: { ...source.attributes, ...target.attributes },
    blockedAt: blocks[0] ?? null,
  };
}

/**
 * The target's fields once the merge is undone: what the merge brought is gone again, and what somebody has changed since
 * stays as they wanted it.
 */
export function fieldsAfterUndo(
  now: ContactFields,
  { before, after }: { before: ContactFields; after: ContactFields },
): ContactFields {
  const brought = after.tags.filter((tag) => !before.tags.includes(tag));
  return {
    name: now.name === after.name ? before.name : now.name,
    tags: now.tags.filter((tag) => !brought.includes(tag)),
    metadata: withoutBrought(now.metadata, before.metadata, after.metadata),
    attributes: withoutBrought(now.attributes, before.attributes, after.attributes),
    blockedAt: now.blockedAt === after.blockedAt ? before.blockedAt : now.blockedAt,
  };
}

function withoutBrought(now: Values, before: Values, after: Values): Values {
  return Object.fromEntries(
    Object.entries(now).filter(
      ([key, value]) => key in before || !(key in after) || !isDeepStrictEqual(value, after[key]),
    ),
  );
}
