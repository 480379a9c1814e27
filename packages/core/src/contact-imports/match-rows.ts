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

/**
 * Whose each row is, as if they were written one after the other. `holderOf` tells who had an identifier before. A phone
 * number is one, whether it is called or written to on WhatsApp: who has either is who is meant, unless somebody else has
 * the other as such. Rows of two contacts at once are refused. When matches are to be skipped they claim nothing.
 */
export function matchRows(
  rows: readonly ContactRow[],
  holderOf: (identifier: Identifier) => string | undefined,
  { skipsMatches, newId }: { skipsMatches: boolean; newId: () => string },
): Matching {
  const contacts = new Map<string, MatchedContact>();
  const claims = new Map<string, string>();
  const found: Matching["found"] = new Map();
  const holder = (identifier: Identifier): string | undefined => claims.get(keyOf(identifier)) ?? holderOf(identifier);

  for (const row of rows) {
    const held = row.identifiers.map((identifier) => ({
      identifier,
      by: holder(identifier) ?? heldAsTwin(identifier),
    }));
    const holders = new Set(held.flatMap(({ by }) => by ?? []));
    if (holders.size > 1) {
      found.set(row, new RowRefusal(`belongs to two contacts: ${sides(held)}`));
      continue;
    }
    const [known] = holders;
    const contact = contactOf(known);
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

  function contactOf(known: string | undefined): MatchedContact {
    const id = known ?? newId();
    const contact = contacts.get(id) ?? { id, isNew: known === undefined, claimed: [], rows: [] };
    contacts.set(id, contact);
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

/** Which of its identifiers are whose, without saying who that is. */
function sides(held: readonly { identifier: Identifier; by: string | undefined }[]): string {
  const known = held.filter(({ by }) => by !== undefined);
  const byHolder = Map.groupBy(known, ({ by }) => by);
  return [...byHolder.values()]
    .map((group) => group.map(({ identifier }) => identifier.type.toLowerCase()).join(" and "))
    .join(" is one's, ")
    .concat(" another's");
}
