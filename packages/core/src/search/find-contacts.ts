import { statement, type Sql } from "@parley/db";
import { readNameQuery } from "./name-query.ts";

/** A list looks through so many of the contacts that a search means, the newest. */
const MOST_CONTACTS = 1_000;

type PlaceholderOf = (value: unknown, type: string) => string;

/**
 * The condition that `column` is the id of a contact that `typed` means, by its name or an identifier: of the newest `most`
 * of them. Only in a transaction of the tenant's. Relies on search_document_terms_idx.
 */
export function isFoundContact(
  column: string,
  typed: string,
  placeholderOf: PlaceholderOf,
  most = MOST_CONTACTS,
): string {
  return `${column} in (${foundContacts(typed, placeholderOf, most)})`;
}

/** Their ids, as a query. */
export function foundContacts(typed: string, placeholderOf: PlaceholderOf, most: number): string {
  const { exact, patterns, misspelt } = readNameQuery(typed);
  const values = [
    placeholderOf(exact, "tsquery"),
    placeholderOf(patterns, "text[]"),
    placeholderOf(misspelt, "tsquery"),
    placeholderOf(most, "int"),
  ];
  return `select found.id from search_contacts(${values.join(", ")}) found`;
}

export interface FoundContact {
  id: string;
  isMisspelt: boolean;
}

// search_document_terms_idx
const FIND = statement<FoundContact>(
  "search_contacts",
  `select id, is_misspelt as "isMisspelt" from search_contacts($1::tsquery, $2::text[], $3::tsquery, $4::int)`,
);

/** The contacts that `typed` means, the newest `most` of them, the newest first; where there are none, the likeliest meant. */
export function findContacts(sql: Pick<Sql, "rows">, typed: string, most = MOST_CONTACTS): Promise<FoundContact[]> {
  const { exact, patterns, misspelt } = readNameQuery(typed);
  return sql.rows(FIND, [exact, patterns, misspelt, most]);
}
