import { HEADER_WORDS } from "./header-words.ts";
import { importField, isSingle, type ImportColumn } from "./import-field.ts";

const FIELD_OF_WORD = new Map(
  Object.entries(HEADER_WORDS).flatMap(([field, words]) => words.map((word) => [word, field])),
);
/** A second address is one more: "E-mail 2", "Téléphone (2)". */
const ORDINAL = /\d{1,2}$/;

/**
 * What each column stands for, by its header: what contacts are exported as, the tenant's attributes by key or label, or a
 * word in one of five languages. Null where nothing is told. Of two columns for what a contact has one of, the first.
 */
export function guessMapping(
  headers: readonly string[],
  attributes: readonly { key: string; label: string }[],
): ImportColumn[] {
  const taken = new Set<string>();
  const ofAttribute = new Map(
    attributes.flatMap(({ key, label }) => [label, key].map((name) => [wordOf(name), `attributes.${key}`])),
  );
  const guessed = headers.map((header): ImportColumn => {
    const word = wordOf(header);
    const field =
      exactly(header) ??
      ofAttribute.get(word) ??
      FIELD_OF_WORD.get(word) ??
      FIELD_OF_WORD.get(word.replace(ORDINAL, ""));
    if (field === undefined || (isSingle(field) && taken.has(field))) return { header, field: null };
    taken.add(field);
    return { header, field };
  });
  return settleNames(guessed);
}

/** Beside a "Vorname" the "Name" is the surname; a "Nom" by itself is the name. */
function settleNames(columns: ImportColumn[]): ImportColumn[] {
  const has = (field: string): boolean => columns.some((column) => column.field === field);
  const rename = (from: string, to: string): ImportColumn[] =>
    columns.map((column) => (column.field === from ? { ...column, field: to } : column));
  const [first, last, name] = [has("first_name"), has("last_name"), has("name")];
  if (name) return first && !last ? rename("name", "last_name") : columns;
  if (first === last) return columns;
  return rename(first ? "first_name" : "last_name", "name");
}

function exactly(header: string): string | undefined {
  return importField.safeParse(header).success ? header : undefined;
}

/** "N° de téléphone" → "numerodetelephone". */
function wordOf(header: string): string {
  return header
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/\bn(?:[°º]|o?\.)\s*/gu, "numero ")
    .replaceAll("ß", "ss")
    .replace(/[^\p{L}\p{N}]/gu, "");
}
