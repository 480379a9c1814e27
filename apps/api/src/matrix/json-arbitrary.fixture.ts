import fc from "fast-check";
import type { Json } from "./aim.fixture.ts";
import { resolve, type JsonSchema } from "./json-schema.fixture.ts";
import { KINDS, type Kind } from "./things.fixture.ts";

/** Long enough to be odd, short enough to be quick; what is longer comes by mutation. */
const MOST_CHARACTERS = 60;
const MOST_ITEMS = 4;
/** A list is filled up to its bound if that is not more. */
const MOST_ITEMS_AT_BOUND = 50;

export interface Hints {
  /** The root that references are resolved in. */
  root: JsonSchema;
  /** What is asked for at a path such as "body.inboxId": then most ids are of this kind. */
  kindAt: (path: string) => Kind | undefined;
}

/**
 * Values that a schema takes, as far as JSON Schema can say: what refinements add may still be refused. Ids are words in
 * braces, for `fill`: "{inbox}" is the tenant's, "{their_inbox}" another's.
 */
export function arbitraryOf(schema: JsonSchema, hints: Hints, path: string): fc.Arbitrary<Json> {
  if (schema.$ref !== undefined) return arbitraryOf(resolve(schema.$ref, hints.root), hints, path);
  const parts = schema.anyOf ?? schema.oneOf;
  if (parts) return fc.oneof(...parts.map((part) => arbitraryOf(part, hints, path)));
  // What zod makes of a schema holds JSON only.
  if (schema.const !== undefined) return fc.constant(schema.const as Json);
  if (schema.enum) return fc.constantFrom(...(schema.enum as Json[]));
  if (Array.isArray(schema.type)) {
    return fc.oneof(...schema.type.map((type) => arbitraryOf({ ...schema, type }, hints, path)));
  }
  switch (schema.type) {
    case "string":
      return stringsOf(schema, hints, path);
    case "integer":
      return integersOf(boundsOf(schema));
    case "number":
      return fc.oneof(integersOf(boundsOf(schema)), fc.double({ ...boundsOf(schema), noNaN: true }));
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return arraysOf(
        schema,
        schema.items ? arbitraryOf(schema.items, hints, `${path}.0`) : anyJson,
        path.split(".").includes("0"),
      );
    case "object":
      return objectsOf(schema, hints, path);
    case undefined:
      return anyJson;
  }
}

// fast-check's type has the same shape under another name.
const anyJson = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;

function boundsOf(schema: JsonSchema): { min: number; max: number } {
  const { minimum = -(2 ** 31), maximum = 2 ** 31 - 1 } = schema;
  return { min: schema.exclusiveMinimum === undefined ? minimum : schema.exclusiveMinimum + 1, max: maximum };
}

/** Bounds are where mistakes are: one value in three is one of them. */
function integersOf({ min, max }: { min: number; max: number }): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 2, arbitrary: fc.integer({ min, max }) },
    { weight: 1, arbitrary: fc.constantFrom(min, max) },
  );
}

function arraysOf(
  { minItems = 0, maxItems }: JsonSchema,
  items: fc.Arbitrary<Json>,
  isWithinList: boolean,
): fc.Arbitrary<Json> {
  const most = Math.max(minItems, MOST_ITEMS);
  const some = fc.array(items, { minLength: minItems, maxLength: Math.min(maxItems ?? most, most) });
  // Full lists of full lists, as deep as conditions go, would be millions of values.
  if (maxItems === undefined || maxItems > MOST_ITEMS_AT_BOUND || isWithinList) return some;
  const full = fc.array(items, { minLength: maxItems, maxLength: maxItems });
  return fc.oneof({ weight: 8, arbitrary: some }, { weight: 1, arbitrary: full });
}

function objectsOf(schema: JsonSchema, hints: Hints, path: string): fc.Arbitrary<Json> {
  const fields = Object.entries(schema.properties ?? {});
  const model = Object.fromEntries(fields.map(([name, part]) => [name, arbitraryOf(part, hints, `${path}.${name}`)]));
  const named: fc.Arbitrary<Record<string, Json>> = fc.record(model, { requiredKeys: schema.required ?? [] });
  const { additionalProperties } = schema;
  if (fields.length > 0 || additionalProperties === false) return named;
  const values = typeof additionalProperties === "object" ? arbitraryOf(additionalProperties, hints, path) : anyJson;
  return fc.dictionary(fc.string(), values, { maxKeys: MOST_ITEMS });
}

const DAY = /^\d{4}-\d{2}-\d{2}/;
const times = fc
  .date({ min: new Date("1970-01-01T00:00:00Z"), max: new Date("2100-01-01T00:00:00Z"), noInvalidDate: true })
  .map((time) => time.toISOString());

function stringsOf(schema: JsonSchema, hints: Hints, path: string): fc.Arbitrary<Json> {
  if (schema.format === "uuid") return idsOf(hints.kindAt(path));
  if (schema.format === "date-time") return times;
  if (schema.format === "date") return times.map((time) => DAY.exec(time)?.[0] ?? time);
  if (schema.format === "email") return fc.oneof(fc.constant("{fresh}@users.example"), fc.emailAddress());
  if (path.endsWith(".cursor")) return cursors;
  const { minLength = 0, maxLength = MOST_CHARACTERS, pattern } = schema;
  const lengths = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, MOST_CHARACTERS)) };
  const form = new RegExp(pattern ?? "", "u");
  const atBounds = [minLength, ...(schema.maxLength === undefined ? [] : [maxLength])]
    .flatMap((length) => ["x", "1"].map((character) => character.repeat(length)))
    .filter((text) => form.test(text));
  const bounds = atBounds.length > 0 ? [{ weight: 1, arbitrary: fc.constantFrom(...atBounds) }] : [];
  const texts = fc.oneof(fc.string(lengths), fc.string({ ...lengths, unit: "grapheme" }));
  const fitting =
    pattern === undefined
      ? texts
      : fc.oneof(matching(form), texts).filter((text) => form.test(text) && text.length <= lengths.maxLength);
  return fc.oneof({ weight: 3, arbitrary: fitting }, ...bounds);
}

/** fast-check cannot make texts for every pattern; digits do for those of ours. */
function matching(form: RegExp): fc.Arbitrary<string> {
  try {
    return fc.stringMatching(form);
  } catch {
    return fc.string({ minLength: 1, maxLength: 15, unit: fc.constantFrom(...DIGITS) });
  }
}

const DIGITS = Array.from({ length: 10 }, (_empty, digit) => String(digit));

/** How an aim names an id of that kind. */
const word = (prefix: string) => (of: Kind) => `{${prefix}${of}}`;

function idsOf(kind: Kind | undefined): fc.Arbitrary<string> {
  const anyKind = fc.constantFrom(...KINDS);
  const right = kind === undefined ? anyKind : fc.constant(kind);
  return fc.oneof(
    { weight: 12, arbitrary: right.map(word("")) },
    { weight: 2, arbitrary: right.map(word("their_")) },
    { weight: 1, arbitrary: anyKind.map(word("")) },
    { weight: 1, arbitrary: fc.uuid() },
  );
}

/** Those of all lists, each wrong for the others, and some that are of none. */
const numbers = fc.oneof(fc.nat(), fc.maxSafeNat()).map(String);
const cursors = fc
  .oneof(fc.tuple(fc.uuid()), fc.tuple(times, fc.uuid()), fc.tuple(numbers), fc.tuple(numbers, numbers), anyJson)
  .map((key) => Buffer.from(JSON.stringify(key)).toString("base64url"));
