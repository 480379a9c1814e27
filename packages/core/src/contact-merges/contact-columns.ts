import type { Prisma } from "@parley/db";
import { valuesIn } from "../attributes/index.ts";
import type { LockedContact } from "./lock-contacts.ts";
import type { ContactFields } from "./merged-fields.ts";

export function fieldsOf({ name, tags, metadata, attributes, blockedAt }: LockedContact): ContactFields {
  return {
    name,
    tags,
    metadata: valuesIn(metadata),
    attributes: valuesIn(attributes),
    blockedAt: blockedAt?.toISOString() ?? null,
  };
}

export function contactColumns({ name, tags, metadata, attributes, blockedAt }: ContactFields) {
  return {
    name,
    tags,
    // They were read from such columns.
    metadata: metadata as Prisma.InputJsonObject,
    attributes: attributes as Prisma.InputJsonObject,
    blockedAt: blockedAt === null ? null : new Date(blockedAt),
  };
}
