import type { Identifier } from "../contacts/index.ts";
import { RowRefusal, type ContactRow } from "./read-row.ts";

/** A contact that rows of a batch speak of: one who is there, or who is to be made. */
export interface MatchedContact {
  id: string;
  isNew: boolean;
  /** Those that it does not have yet, in order. */
  claimed: Identifier[];
  /** The rows that speak of it, in order. Of those the first makes it, if it is new. */
  rows: ContactRow[];
}

interface Matching {
  contacts: MatchedContact[];
  /** By the row: its contact, or why it is refused. */
  found: Map<ContactRow, MatchedContact | RowRefusal>;
}

/** Who was there before the rows. */
export interface KnownContacts {
  /** Who has an identifier. */
  holderOf: (identifier: Identifier) => string | undefined;
  /** Who is meant by an id that a row gives. */
  contactOf: (givenId: string) => string | undefined;
}

/** What new contacts are called: those of rows that give an id after that, and always the same. */
export interface NewIds {
  newId: () => string;
  importedId: (givenId: string) => string;
}

/**
 * Whose each row is, as if they were written one after the other. A row is of whoever is meant by its id and has its identifiers;
 * an id that means nobody here, and identifiers that nobody has, make somebody new. A phone number is one, whether it is called or
 * written to on WhatsApp: who has either is who is meant, unless somebody else has the other as such. Rows of two contacts at once
 * are refused. When matches are to be skipped they claim nothing.
 */
export function matchRows(
  rows: readonly ContactRow[],
  { holderOf, contactOf }: KnownContacts,
  { skipsMatches, newId, importedId }: NewIds & { skipsMatches: boolean },
): Matching {
  const contacts = new Map<string, MatchedContact>();
  const claims = new Map<string, string>();
  const found: Matching["found"] = new Map();
  const holder = (identifier: Identifier): string | undefined => claims.get(keyOf(identifier)) ?? holderOf(identifier);

  for (const row of rows) {
    const held = row.identifiers.map((identifier) => ({
      as: identifier.type.toLowerCase(),
      by: holder(identifier) ?? heldAsTwin(identifier),
    }));
    if (row.contactId !== null) held.unshift({ as: "contactId", by: meantBy(row.contactId) });
    const holders = new Set(held.flatMap(({ by }) => by ?? []));
    if (holders.size > 1) {
      found.set(row, new RowRefusal(`belongs to two contacts: ${sides(held)}`));
      continue;
    }
    const [known] = holders;
    const contact = known === undefined ? newContactOf(row) : knownContactOf(known);
    found.set(row, contact);
    contact.rows.push(row);
    if (known !== undefined && skipsMatches) continue;
    for (const identifier of row.identifiers) {
      if (holder(identifier) !== undefined) continue;
      claims.set(keyOf(identifier), contact.id);
      contact.claimed.push(identifier);
    }
  }
  return { contacts: [...contacts.values()], found };

  function heldAsTwin(identifier: Identifier): string | undefined {
    const twin = twinOf(identifier);
    return twin && holder(twin);
  }

  /** Whoever was there, or was made by an earlier row. */
  function meantBy(givenId: string): string | undefined {
    return contactOf(givenId) ?? contacts.get(importedId(givenId))?.id;
  }

  function knownContactOf(id: string): MatchedContact {
    return contacts.get(id) ?? add({ id, isNew: false, claimed: [], rows: [] });
  }

  function newContactOf({ contactId }: ContactRow): MatchedContact {
    const id = contactId === null ? newId() : importedId(contactId);
    return add({ id, isNew: true, claimed: [], rows: [] });
  }

  function add(contact: MatchedContact): MatchedContact {
    contacts.set(contact.id, contact);
    return contact;
  }
}

/** The same number by the other way. */
export function twinOf({ type, value }: Identifier): Identifier | undefined {
  if (type === "PHONE") return { type: "WHATSAPP", value };
  return type === "WHATSAPP" ? { type: "PHONE", value } : undefined;
}

export function keyOf({ type, value }: Identifier): string {
  return `${type} ${value}`;
}

/** By what it is whose, without saying who that is. */
function sides(held: readonly { as: string; by: string | undefined }[]): string {
  const known = held.filter(({ by }) => by !== undefined);
  const byHolder = Map.groupBy(known, ({ by }) => by);
  return [...byHolder.values()]
    .map((group) => group.map(({ as }) => as).join(" and "))
    .join(" is one's, ")
    .concat(" another's");
}
