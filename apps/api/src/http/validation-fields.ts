import type { FieldError } from "@parley/runtime";
import type { ZodFastifySchemaValidationError } from "fastify-type-provider-zod";

/** zod's complaints as paths and sentences. Never the values: they may be secrets. */
export function validationFields(errors: readonly ZodFastifySchemaValidationError[]): FieldError[] {
  return errors.flatMap((error) => {
    const path = error.instancePath.split("/").filter((part) => part !== "");
    const unknown = error.keyword === "unrecognized_keys" ? error.params["keys"] : undefined;
    if (!Array.isArray(unknown)) return [{ path: path.join("."), message: error.message ?? "is not valid" }];
    return unknown.map((key) => ({ path: [...path, String(key)].join("."), message: "is not known here" }));
  });
}
