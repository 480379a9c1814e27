import type { AttributeType, IdentifierType } from "@parley/db";
import { readAttributeValue, readingsOf, type AttributeValues } from "../attributes/index.ts";
import {
  MAX_CONTACT_IDENTIFIERS,
  MAX_CONTACT_TAGS,
  mistakeInMetadata,
  readIdentifier,
  type Identifier,
} from "../contacts/index.ts";
import { restoreCell } from "../csv/index.ts";
import { IDENTIFIER_FIELDS, keyOfField, type ImportColumn } from "./import-field.ts";
import { readContactId } from "./imported-id.ts";
import { splitValues } from "./several-values.ts";

const MAX_NAME = 1_000;
const MAX_TAG = 80;
const PLAIN_TAG = /^[^\p{Cc}\p{Cs}]+$/u;

/** What rows are read by. */
export interface RowReading {
  columns: readonly ImportColumn[];
  /** The tenant's, by their keys. */
  attributes: ReadonlyMap<string, { type: AttributeType; options: readonly string[] }>;
  /** Of numbers that are written without one. */
  country: string | null;
}

/** A contact as a row of a file tells of them. What it does not tell of is null or empty. */
export interface ContactRow {
  /** That Parley gave to them, here or elsewhere. */
  contactId: string | null;
  name: string | null;
  /** At least one, unless there is a `contactId`; of each type the first is the one that is used first. */
  identifiers: Identifier[];
  tags: string[];
  attributes: AttributeValues;
  metadata: Record<string, unknown>;
}

/** Why a row is not taken, for people. */
export class RowRefusal extends Error {}

/** Reads the cells of a row. Throws a RowRefusal that names what is wrong. */
export function readRow(cells: readonly string[], reading: RowReading): ContactRow {
  const { columns } = reading;
  const beyond = cells.slice(columns.length).some((cell) => cell !== "");
  if (cells.length < columns.length || beyond) {
    throw new RowRefusal(`has ${cells.length} cells, and the header has ${columns.length}`);
  }
  const row: ContactRow = { contactId: null, name: null, identifiers: [], tags: [], attributes: {}, metadata: {} };
  const parts: NameParts = {};
  for (const [index, { field }] of columns.entries()) {
    const cell = restoreCell(cells[index] ?? "");
    if (field === null || cell.trim() === "") continue;
    if (cell.includes("\0")) throw new RowRefusal(`${field}: holds a NUL, which cannot be stored`);
    if (field === "name" || field === "first_name" || field === "last_name") parts[field] = cell;
    else readCell(row, field, cell, reading);
  }
  row.name = nameOf(parts);
  settle(row);
  return row;
}

type NameParts = Partial<Record<"name" | "first_name" | "last_name", string>>;

function nameOf({ name, first_name: first, last_name: last }: NameParts): string | null {
  const whole = name ?? [first, last].flatMap((part) => part?.trim() ?? []).join(" ");
  if (whole.length > MAX_NAME) throw new RowRefusal(`name: must be at most ${MAX_NAME} characters`);
  return whole === "" ? null : whole;
}

function readCell(row: ContactRow, field: string, cell: string, reading: RowReading): void {
  const type = IDENTIFIER_FIELDS.get(field);
  const part = keyOfField(field);
  if (field === "contactId") row.contactId = readId(cell);
  else if (type) row.identifiers.push(...readIdentifiers(type, field, cell, reading.country));
  else if (field === "tags") row.tags.push(...readTags(cell));
  else if (field === "metadata") readMetadata(row.metadata, cell);
  else if (part?.of === "metadata") setOwn(row.metadata, part.key, cell);
  else if (part) setOwn(row.attributes, part.key, readAttribute(part.key, cell, reading.attributes));
}

/** As a field of its own, even where it is called "__proto__". */
function setOwn(into: object, key: string, value: unknown): void {
  Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
}

function readIdentifiers(type: IdentifierType, field: string, cell: string, country: string | null): Identifier[] {
  return splitValues(cell).map((value) => {
    const read = readIdentifier({ type, value }, country);
    if ("message" in read) throw new RowRefusal(`${field}: ${read.message}`);
    return read.identifier;
  });
}

function readId(cell: string): string {
  const id = readContactId(cell);
  if (id !== undefined) return id;
  throw new RowRefusal(
    "contactId: must be an id that Parley gave to a contact, as exports have it; map a column of another system's ids to external",
  );
}

function readTags(cell: string): string[] {
  const tags = splitValues(cell).map((tag) => tag.trim());
  if (tags.every((tag) => tag.length <= MAX_TAG && PLAIN_TAG.test(tag))) return tags;
  throw new RowRefusal(`tags: must be lines of at most ${MAX_TAG} characters`);
}

function readMetadata(into: object, cell: string): void {
  const parsed = parseJson(cell);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new RowRefusal("metadata: must be a JSON object");
  }
  for (const [key, value] of Object.entries(parsed)) setOwn(into, key, value);
}

function readAttribute(key: string, cell: string, attributes: RowReading["attributes"]): string | number | boolean {
  const definition = attributes.get(key);
  if (!definition) throw new RowRefusal(`attributes.${key}: contacts do not have this attribute any more`);
  const read = readingsOf(cell).map((reading) => readAttributeValue(definition, reading));
  for (const each of read) if ("value" in each) return each.value;
  throw new RowRefusal(`attributes.${key}: ${read.flatMap((each) => ("message" in each ? each.message : [])).at(0)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Each identifier and tag once, and none too many. */
function settle(row: ContactRow): void {
  const distinct = new Map(row.identifiers.map((identifier) => [`${identifier.type} ${identifier.value}`, identifier]));
  row.identifiers = [...distinct.values()];
  row.tags = [...new Set(row.tags)];
  if (row.identifiers.length === 0 && row.contactId === null) {
    throw new RowRefusal(
      "has no e-mail, phone or other identifier, and no contactId: add one by which the contact is recognised",
    );
  }
  if (row.identifiers.length > MAX_CONTACT_IDENTIFIERS) {
    throw new RowRefusal(`has more than ${MAX_CONTACT_IDENTIFIERS} identifiers`);
  }
  if (row.tags.length > MAX_CONTACT_TAGS) throw new RowRefusal(`tags: must be at most ${MAX_CONTACT_TAGS}`);
  const mistake = mistakeInMetadata(row.metadata);
  if (mistake !== undefined) throw new RowRefusal(`metadata: ${mistake}`);
}
