import type { AttributeType, Prisma } from "@parley/db";
import { z } from "zod";
import type { AttributeDefinition } from "./find-attributes.ts";

export const attributeValue = z.union([z.string(), z.number(), z.boolean()]);

/** Values of attributes, by their keys. */
export type AttributeValues = Record<string, z.infer<typeof attributeValue>>;

const TYPE_OF: Readonly<Record<AttributeType, "string" | "number" | "boolean">> = {
  TEXT: "string",
  NUMBER: "number",
  BOOLEAN: "boolean",
  DATE: "string",
  CHOICE: "string",
};

/** Values as they are shown: without those of attributes that the tenant has no more. `known` is what it has of the keys. */
export function keepKnown<Value>(
  known: readonly Pick<AttributeDefinition, "key" | "type">[],
  values: Readonly<Record<string, Value>>,
): Record<string, Value> {
  const types = new Map(known.map(({ key, type }) => [key, TYPE_OF[type]]));
  return Object.fromEntries(Object.entries(values).filter(([key, value]) => types.get(key) === typeof value));
}

/** What the column holds. */
export function valuesIn(column: Prisma.JsonValue): Prisma.JsonObject {
  const isObject = typeof column === "object" && column !== null && !Array.isArray(column);
  return isObject ? column : {};
}
