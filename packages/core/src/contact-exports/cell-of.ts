import { valuesIn } from "../attributes/index.ts";
import { joinValues } from "../contact-imports/index.ts";
import type { SelectedContact } from "../contacts/index.ts";
import type { CsvCell } from "../csv/index.ts";
import { attributeOfColumn, IDENTIFIER_COLUMNS } from "./schemas.ts";

/** What a contact has in a column, in the form in which an import reads it. */
export function cellOf(contact: SelectedContact, column: string): CsvCell {
  const type = IDENTIFIER_COLUMNS.get(column);
  if (type) {
    const ofType = contact.identifiers.filter((identifier) => identifier.type === type);
    return joinValues(ofType.map(({ value }) => value));
  }
  const key = attributeOfColumn(column);
  if (key !== undefined) return asCell(valuesIn(contact.attributes)[key]);
  switch (column) {
    case "contactId":
    case "id":
      return contact.id;
    case "name":
      return contact.name;
    case "tags":
      return joinValues(contact.tags);
    case "metadata":
      return Object.keys(valuesIn(contact.metadata)).length > 0 ? JSON.stringify(contact.metadata) : null;
    case "blockedAt":
      return contact.blockedAt?.toISOString() ?? null;
    case "createdAt":
      return contact.createdAt.toISOString();
    default:
      return contact.updatedAt.toISOString();
  }
}

function asCell(value: unknown): CsvCell {
  if (typeof value === "string" || typeof value === "number") return value;
  return typeof value === "boolean" ? String(value) : null;
}
