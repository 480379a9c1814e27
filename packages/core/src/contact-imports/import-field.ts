import { IdentifierType } from "@parley/db";
import { z } from "zod";
import { toJsonEnum } from "../json/index.ts";

/**
 * What stands in a contact by itself. `first_name` and `last_name` make the name where the `name` is empty; `contactId` is what
 * Parley calls the contact, here or where the file is from.
 */
const PLAIN_FIELDS = ["contactId", "name", "first_name", "last_name", "tags", "metadata"] as const;

/** By their names in JSON. */
export const IDENTIFIER_FIELDS: ReadonlyMap<string, IdentifierType> = new Map(
  Object.values(IdentifierType).map((type) => [toJsonEnum(type), type]),
);

const OF_KEY = /^(attributes|metadata)\.([^\p{Cc}\p{Cs}]{1,80})$/u;

/**
 * What a column of a file stands for: a plain field, an identifier of a type, such as `email`, or one value by its key:
 * `attributes.tier`, `metadata.customerNumber`.
 */
export const importField = z
  .string()
  .max(100)
  .refine(
    (field) =>
      (PLAIN_FIELDS as readonly string[]).includes(field) || IDENTIFIER_FIELDS.has(field) || OF_KEY.test(field),
    `must be ${[...PLAIN_FIELDS, ...IDENTIFIER_FIELDS.keys()].join(", ")}, attributes.KEY or metadata.KEY`,
  )
  .meta({ example: "email" });

/** The two parts of `attributes.tier`; undefined for fields without. */
export function keyOfField(field: string): { of: "attributes" | "metadata"; key: string } | undefined {
  const [, of, key] = OF_KEY.exec(field) ?? [];
  return key !== undefined && (of === "attributes" || of === "metadata") ? { of, key } : undefined;
}

/** A column of the file, and what it stands for: null for nothing. */
export const importColumn = z.object({
  header: z.string().meta({ example: "E-mail" }),
  field: importField.nullable(),
});
export type ImportColumn = z.infer<typeof importColumn>;

export const importColumns = z.array(importColumn);

/** Fields of which a contact has one. Of others the columns add up. */
export function isSingle(field: string): boolean {
  return field !== "tags" && !IDENTIFIER_FIELDS.has(field);
}
