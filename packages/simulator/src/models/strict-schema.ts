import type { JsonSchema } from "./model-request.ts";

/** Keywords that OpenAI's strict mode does not take. */
const NOT_PERMITTED = [
  "minLength",
  "maxLength",
  "default",
  "allOf",
  "not",
  "if",
  "then",
  "else",
  "oneOf",
  "propertyNames",
];

/** What OpenAI's strict mode ("Structured Outputs") would refuse in a schema, in a sentence; undefined if nothing. */
export function strictSchemaProblem(schema: JsonSchema): string | undefined {
  if (schema["type"] !== "object") return "schema must be a JSON Schema of 'type: \"object\"'.";
  return problemAt(schema, []);
}

function problemAt(schema: JsonSchema, path: string[]): string | undefined {
  const context = `In context=(${path.map((part) => `'${part}'`).join(", ")}), `;
  const forbidden = NOT_PERMITTED.find((keyword) => keyword in schema);
  if (forbidden) return `${context}'${forbidden}' is not permitted.`;

  const properties = (schema["properties"] ?? {}) as Record<string, JsonSchema>;
  if (schema["type"] === "object") {
    if (schema["additionalProperties"] !== false) {
      return `${context}'additionalProperties' is required to be supplied and to be false.`;
    }
    const required = Array.isArray(schema["required"]) ? schema["required"] : [];
    const missing = Object.keys(properties).find((name) => !required.includes(name));
    if (missing) {
      return `${context}'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
    }
  }
  const parts: [string[], JsonSchema][] = Object.entries(properties).map(([name, part]) => [
    ["properties", name],
    part,
  ]);
  if (isSchema(schema["items"])) parts.push([["items"], schema["items"]]);
  const alternatives = Array.isArray(schema["anyOf"]) ? schema["anyOf"].filter(isSchema) : [];
  parts.push(...alternatives.map((part, index): [string[], JsonSchema] => [["anyOf", String(index)], part]));

  for (const [step, part] of parts) {
    const problem = problemAt(part, [...path, ...step]);
    if (problem) return problem;
  }
  return undefined;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
