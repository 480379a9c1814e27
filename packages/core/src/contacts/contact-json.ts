import type { Prisma } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";
import type { ContactJson, IdentifierJson } from "./schemas.ts";

/** Identifiers as they are listed: the primary ones first, then the oldest. */
export const orderedIdentifiers = {
  orderBy: [{ isPrimary: "desc" }, { createdAt: "asc" }, { type: "asc" }, { value: "asc" }],
} satisfies Prisma.Contact$identifiersArgs;

export const contactInclude = { identifiers: orderedIdentifiers } satisfies Prisma.ContactInclude;

type ContactRow = Prisma.ContactGetPayload<{ include: typeof contactInclude }>;

export function toContactJson(contact: ContactRow): ContactJson {
  return {
    id: contact.id,
    name: contact.name,
    identifiers: contact.identifiers.map(toIdentifierJson),
    tags: contact.tags,
    blockedAt: contact.blockedAt?.toISOString() ?? null,
    metadata: isRecord(contact.metadata) ? contact.metadata : {},
    createdAt: contact.createdAt.toISOString(),
    updatedAt: contact.updatedAt.toISOString(),
  };
}

type ShownIdentifier = Pick<ContactRow["identifiers"][number], "type" | "value" | "isPrimary">;

export function toIdentifierJson({ type, value, isPrimary }: ShownIdentifier): IdentifierJson {
  return { type: toJsonEnum(type), value, isPrimary };
}

function isRecord(value: Prisma.JsonValue): value is Record<string, Prisma.JsonValue> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
