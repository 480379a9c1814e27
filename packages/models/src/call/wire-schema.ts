import { z } from "zod";

/**
 * Limits that not every provider takes in a schema (OpenAI's strict mode refuses some with the whole request). The answer
 * is checked by the zod schema in any case; say in a field's description what matters to the model.
 */
const LEFT_OUT = [
  "$schema",
  "default",
  "exclusiveMaximum",
  "exclusiveMinimum",
  "format",
  "maxItems",
  "maxLength",
  "maximum",
  "minItems",
  "minLength",
  "minimum",
  "pattern",
] as const;

export type WireSchema = ReturnType<typeof wireSchema>;

/** The JSON Schema that goes over the wire. Fields must not be optional: strict mode wants all; nullable is fine. */
export function wireSchema(schema: z.ZodType) {
  return z.toJSONSchema(schema, {
    target: "draft-7",
    override: ({ jsonSchema }) => {
      for (const keyword of LEFT_OUT) delete jsonSchema[keyword];
    },
  });
}
