import type { JsonSchema } from "./model-request.ts";

/** What an enum falls back to when no label is spoken of. */
const UNDECIDED = ["other", "neutral", "normal", "medium", "none", "unknown"];

/**
 * A value that fits a JSON Schema: what `hints` say for a property of that name where it fits, else something plain. Of an
 * enum, the label of which `text` speaks first.
 */
export function fillSchema(schema: JsonSchema, hints: Record<string, unknown>, text: string): unknown {
  const alternatives = asList(schema["anyOf"]) ?? asList(schema["oneOf"]);
  if (alternatives) return fillSchema(asSchema(alternatives[0]), hints, text);
  if ("const" in schema) return schema["const"];
  const labels = asList(schema["enum"]);
  if (labels) return pickLabel(labels, text);

  switch (typeOf(schema)) {
    case "object":
      return fillObject(schema, hints, text);
    case "array":
      return [];
    case "integer":
    case "number":
      return typeof schema["minimum"] === "number" ? Math.max(schema["minimum"], 0) : 0;
    case "boolean":
      return false;
    case "null":
      return null;
    default:
      return "simulated";
  }
}

function fillObject(schema: JsonSchema, hints: Record<string, unknown>, text: string): Record<string, unknown> {
  const properties = Object.entries(asSchema(schema["properties"]));
  return Object.fromEntries(
    properties.map(([name, property]) => {
      const hint = hints[name];
      const isFree = !("enum" in asSchema(property));
      return [name, hint !== undefined && isFree ? hint : fillSchema(asSchema(property), hints, text)];
    }),
  );
}

function pickLabel(labels: unknown[], text: string): unknown {
  const [first] = labels
    .map((label) => ({ label, at: firstMention(String(label), text.toLowerCase()) }))
    .filter(({ at }) => at !== -1)
    .toSorted((one, other) => one.at - other.at);
  return first?.label ?? UNDECIDED.find((label) => labels.includes(label)) ?? labels[0];
}

/** Where the first of a label's longer words stands in a text; -1 if none does. */
function firstMention(label: string, text: string): number {
  const places = label
    .split("_")
    .filter((word) => word.length > 3)
    .map((word) => text.indexOf(word))
    .filter((at) => at !== -1);
  return places.length === 0 ? -1 : Math.min(...places);
}

function typeOf(schema: JsonSchema): unknown {
  return Array.isArray(schema["type"]) ? schema["type"][0] : schema["type"];
}

function asSchema(value: unknown): JsonSchema {
  return typeof value === "object" && value !== null ? (value as JsonSchema) : {};
}

function asList(value: unknown): unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}
