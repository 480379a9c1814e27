import { sqlOf, type AnyTx, type IdentifierType } from "@parley/db";
import { attributeValue, CONTACT_ATTRIBUTES, findAttributes, keepKnown, valuesIn } from "../attributes/index.ts";
import type { AttributeValues } from "../attributes/index.ts";
import { toJsonEnum } from "../json/index.ts";
import type { ContactRow, HeldIdentifier } from "./contact-row.ts";
import type { ContactJson, IdentifierJson } from "./schemas.ts";

/** Contacts as they are shown, without values of attributes that their tenant has no more. Asks only where there are values. */
export async function describeContacts(
  tx: AnyTx,
  tenantId: string,
  rows: readonly ContactRow[],
): Promise<ContactJson[]> {
  const keys = new Set(rows.flatMap(({ attributes }) => Object.keys(valuesIn(attributes))));
  const known = await findAttributes(sqlOf(tx), CONTACT_ATTRIBUTES, tenantId, [...keys]);
  return rows.map((row) => ({ ...toContactJson(row), attributes: keepKnown(known, valuesOf(row)) }));
}

/** The same of one. */
export async function describeContact(tx: AnyTx, row: ContactRow): Promise<ContactJson> {
  const [contact] = await describeContacts(tx, row.tenantId, [row]);
  if (!contact) throw new Error("as many contacts are described as there are");
  return contact;
}

function toContactJson(contact: ContactRow): Omit<ContactJson, "attributes"> {
  const { id, name, tags, blockedAt, erasedAt, metadata, createdAt, updatedAt, version } = contact;
  return {
    id,
    name,
    email: firstOf(contact, "EMAIL"),
    phone: firstOf(contact, "PHONE") ?? firstOf(contact, "WHATSAPP"),
    identifiers: contact.identifiers.map(toIdentifierJson),
    tags,
    blockedAt: blockedAt?.toISOString() ?? null,
    erasedAt: erasedAt?.toISOString() ?? null,
    metadata: valuesIn(metadata),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    version,
  };
}

/** The primary ones stand first. */
function firstOf({ identifiers }: ContactRow, type: IdentifierType): string | null {
  return identifiers.find((identifier) => identifier.type === type)?.value ?? null;
}

function valuesOf({ attributes }: ContactRow): AttributeValues {
  return Object.fromEntries(
    Object.entries(valuesIn(attributes)).flatMap(([key, value]) => {
      const read = attributeValue.safeParse(value);
      return read.success ? [[key, read.data] as const] : [];
    }),
  );
}

export function toIdentifierJson({ type, value, isPrimary }: HeldIdentifier): IdentifierJson {
  return { type: toJsonEnum(type), value, isPrimary };
}
