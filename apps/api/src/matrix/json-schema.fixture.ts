import { z } from "zod";

type JsonType = "string" | "number" | "integer" | "boolean" | "null" | "array" | "object";

/** As much of JSON Schema as zod makes of ours. */
export interface JsonSchema {
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  /** Several: of a union of types of which nothing more is said. */
  type?: JsonType | JsonType[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  const?: unknown;
  enum?: unknown[];
  items?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
}

/** What a zod schema takes; undefined where a route has none. */
export function inputSchemaOf(schema: unknown): JsonSchema | undefined {
  if (schema === undefined) return undefined;
  if (!(schema instanceof z.ZodType)) throw new Error("A route's schema is to be one of zod");
  // zod's type allows for every version of JSON Schema; it is asked for the newest.
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
}

export function resolve(ref: string, root: JsonSchema): JsonSchema {
  const found = ref === "#" ? root : root.$defs?.[ref.replace("#/$defs/", "")];
  if (!found) throw new Error(`The schema refers to ${ref}, which it does not define`);
  return found;
}

/** The fields of an object's schema; none where there is no schema. */
export function propertiesOf(schema: JsonSchema | undefined): Record<string, JsonSchema> {
  if (schema?.$ref === undefined) return schema?.properties ?? {};
  return resolve(schema.$ref, schema).properties ?? {};
}
