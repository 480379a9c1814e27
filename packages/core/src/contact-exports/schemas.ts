import { IdentifierType } from "@parley/db";
import { z } from "zod";
import { contactFilterInput } from "../contacts/index.ts";
import { commaSeparated, queryBoolean, toJsonEnum } from "../json/index.ts";

/** Named as imports know them, so that what was exported can be imported again. */
export const IDENTIFIER_COLUMNS: ReadonlyMap<string, IdentifierType> = new Map(
  Object.values(IdentifierType).map((type) => [toJsonEnum(type), type]),
);
const FIRST_COLUMNS = ["contactId", "name", ...IDENTIFIER_COLUMNS.keys(), "tags"];
const LAST_COLUMNS = ["metadata", "blockedAt", "createdAt", "updatedAt"];
/** Another name of the contact's id, by which an import knows nothing. */
const OTHER_COLUMNS = ["id"];
const ATTRIBUTE = /^attributes\.(.{1,80})$/u;

const PLAIN_COLUMNS: ReadonlySet<string> = new Set([...FIRST_COLUMNS, ...LAST_COLUMNS, ...OTHER_COLUMNS]);

const exportColumn = z
  .string()
  .refine(
    (name) => PLAIN_COLUMNS.has(name) || ATTRIBUTE.test(name),
    `must be ${[...PLAIN_COLUMNS].join(", ")} or attributes.KEY`,
  );

export const exportContactsQuery = z.strictObject({
  ...contactFilterInput.shape,
  segmentId: z
    .uuid()
    .optional()
    .meta({ description: "Those of a saved segment, among which the other filters choose." }),
  columns: commaSeparated(exportColumn, "name,email,phone").meta({
    description: "In this order, separated by commas; everything that an import takes, and times, by default.",
  }),
  bom: queryBoolean().meta({ description: "Whether it begins with a byte order mark, by which Excel knows UTF-8." }),
});
export type ExportContactsQuery = z.output<typeof exportContactsQuery>;

/** All columns of a tenant with these attributes. */
export function allColumns(attributeKeys: readonly string[]): string[] {
  return [...FIRST_COLUMNS, ...attributeKeys.map((key) => `attributes.${key}`), ...LAST_COLUMNS];
}

/** The attribute that a column shows; undefined for others. */
export function attributeOfColumn(column: string): string | undefined {
  return ATTRIBUTE.exec(column)?.[1];
}
