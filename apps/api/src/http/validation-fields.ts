import type { FieldError } from "@parley/runtime";
import type { ZodFastifySchemaValidationError } from "fastify-type-provider-zod";

/** An answer names no more than these; whoever sends thousands of wrong fields is not told of each. */
const MOST_FIELDS = 20;
const PATH_LENGTH = 200;

/** zod's complaints as paths and sentences, and how many more there are. Never the values: they may be secrets. */
export function validationFields(errors: readonly ZodFastifySchemaValidationError[]): {
  fields: FieldError[];
  more: number;
} {
  const all = errors.flatMap((error) => {
    const path = error.instancePath.split("/").filter((part) => part !== "");
    const unknown = error.keyword === "unrecognized_keys" ? error.params["keys"] : undefined;
    if (!Array.isArray(unknown)) return [{ path, message: error.message ?? "is not valid" }];
    return unknown.map((key) => ({ path: [...path, String(key)], message: "is not known here" }));
  });
  const fields = all
    .slice(0, MOST_FIELDS)
    .map(({ path, message }) => ({ path: path.join(".").slice(0, PATH_LENGTH), message }));
  return { fields, more: all.length - fields.length };
}
