import { createHash } from "node:crypto";
import type { JsonSchema } from "./document.ts";

/** What an example is for: a request leaves out what may be left out, an answer shows everything. */
export type ExamplePurpose = "request" | "answer";

/** A schema of `#/components/schemas` contains itself by no more than this. */
const MAX_DEPTH = 12;

const BY_FORMAT: Record<string, unknown> = {
  "date-time": "2026-01-31T08:00:00.000Z",
  date: "2026-01-31",
  time: "08:00:00",
  email: "agent@company.example",
  uri: "https://company.example",
  ipv4: "192.0.2.1",
};

/**
 * An example of a schema. The schema's own `example` wins (`.meta({ example })`); then come constants, the first value of an
 * enum, defaults, and what is natural for a format; an object is put together from its properties. An optional property
 * is part of a request only when it has an example of its own. A text without any of these is the name of its property, so
 * whatever has a pattern needs an example.
 */
export function createExamples(schemas: Readonly<Record<string, JsonSchema>>) {
  return (schema: JsonSchema, purpose: ExamplePurpose, name = "value"): unknown =>
    exampleOf(schema, { schemas, purpose, name, owner: "", depth: 0 });
}

interface Place {
  schemas: Readonly<Record<string, JsonSchema>>;
  purpose: ExamplePurpose;
  /** Of the property or component. */
  name: string;
  /** The name of what the property belongs to. */
  owner: string;
  depth: number;
}

function exampleOf(schema: JsonSchema, place: Place): unknown {
  if ("example" in schema) return schema.example;
  if (place.depth > MAX_DEPTH) throw new Error(`${place.name} contains itself: give it an example`);
  const deeper = { ...place, depth: place.depth + 1 };
  if (schema.$ref !== undefined) {
    const component = schema.$ref.split("/").at(-1) ?? "";
    const target = place.schemas[component];
    if (!target) throw new Error(`There is no schema ${schema.$ref}`);
    return exampleOf(target, { ...deeper, name: lowerFirst(component) });
  }
  if ("const" in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  if ("default" in schema) return schema.default;
  const choice = (schema.anyOf ?? schema.oneOf)?.find((each) => each.type !== "null");
  if (choice) return exampleOf(choice, deeper);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((each) => exampleOf(each, deeper)));
  return byType(schema, deeper);
}

function byType(schema: JsonSchema, place: Place): unknown {
  switch ([schema.type].flat().find((type) => type !== "null")) {
    case "object":
      return objectOf(schema, place);
    case "array":
      if (schema.prefixItems) return schema.prefixItems.map((item) => exampleOf(item, place));
      return schema.items ? [exampleOf(schema.items, { ...place, name: singular(place.name) })] : [];
    case "string":
      if (schema.format === "uuid") return uuidOf(place.name === "id" ? `${place.owner}Id` : place.name);
      return BY_FORMAT[schema.format ?? ""] ?? place.name;
    case "integer":
    case "number":
      return Math.min(Math.max(1, schema.minimum ?? 1), schema.maximum ?? 1);
    case "boolean":
      return false;
    case undefined:
      return {};
    default:
      return null;
  }
}

function objectOf({ properties = {}, required = [] }: JsonSchema, place: Place): Record<string, unknown> {
  const isShown = ([name, schema]: [string, JsonSchema]): boolean =>
    place.purpose === "answer" || required.includes(name) || "example" in schema;
  const shown = Object.entries(properties).filter(isShown);
  return Object.fromEntries(
    shown.map(([name, schema]) => [name, exampleOf(schema, { ...place, owner: place.name, name })]),
  );
}

/** `id` of a Team and `teamId` elsewhere are the same in every example. */
function uuidOf(name: string): string {
  const digits = createHash("sha256").update(name).digest("hex");
  return `019c1234-5678-7${digits.slice(0, 3)}-8${digits.slice(3, 6)}-${digits.slice(6, 18)}`;
}

function singular(name: string): string {
  return name.endsWith("s") ? name.slice(0, -1) : name;
}

function lowerFirst(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}
