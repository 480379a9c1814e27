import fc from "fast-check";
import type { Json, JsonObject } from "./aim.fixture.ts";

/** What a caller would like to be, or to have. */
export const UNKNOWN_FIELDS: JsonObject = {
  tenantId: "{their_tenant}",
  tenant_id: "{their_tenant}",
  id: "{their_inbox}",
  role: "owner",
  isSuperAdmin: true,
  plan: "enterprise",
  quota: 1_000_000_000,
  passwordHash: "x",
  createdAt: "2020-01-01T00:00:00Z",
};

const DEEP = 300;
const MANY = 2_000;
/** Too many for any field, and, of some characters, for the body as well. */
const MANY_CHARACTERS = 50_000;
/** Deeper than any body of ours; what was nested by one change is one place to the next. */
const DEEPEST_PLACE = 8;

/** One change to a request, somewhere in it. */
export interface Mutation {
  /** Which of the places, counted over and over. */
  at: number;
  how: "replace" | "remove" | "add" | "nest" | "repeat";
  value: Json;
  field: string;
}

const oddTexts = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\udfff\ud800x",
    "\u202e\u2066right to left",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    "\r\nSet-Cookie: a=b",
    "'; drop table tenant; --",
    "%00%ff",
    "../../etc/passwd",
    "{{7*7}}${7*7}",
    "<script>alert(1)</script>",
    "NaN",
    "null",
    "-1",
    "1e309",
    "99999999999999999999",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "2026-02-30T25:61:61Z",
    "+294276-12-31T23:59:59Z",
    "00000000-0000-0000-0000-000000000000",
    "__proto__",
    "constructor",
  ),
  fc.string({ unit: "binary" }),
);

const oddNumbers = fc.oneof(
  fc.constantFrom(0, -0, -1, 1.5, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, 2 ** 53, 1e308, -1e308, 5e-324),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

const oddValues: fc.Arbitrary<Json> = fc.oneof(
  oddTexts,
  oddNumbers,
  fc.constantFrom<Json>(null, true, false, [], {}, [[]], { length: 1 }),
  // fast-check's type has the same shape under another name.
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

const oddFields = fc.oneof(
  fc.constantFrom(...Object.keys(UNKNOWN_FIELDS), "__proto__", "constructor", "toString", "", "0", "a.b", "$ref"),
  fc.string(),
);

export const mutations: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(1_000),
  how: fc.constantFrom("replace", "replace", "replace", "remove", "add", "add", "nest", "repeat"),
  value: oddValues,
  field: oddFields,
});

/** The same with the changes made to it, one after the other, up to the first that makes much of it. */
export function mutate(root: JsonObject, changes: readonly Mutation[]): JsonObject {
  const copy = structuredClone(root);
  for (const mutation of changes) {
    const places = placesIn(copy, DEEPEST_PLACE);
    const place = places[mutation.at % places.length];
    if (place) change(place, mutation);
    // Many of many would be too much for us, let alone for the server.
    if (mutation.how === "repeat" || mutation.how === "nest") break;
  }
  return copy;
}

interface Place {
  parent: Json[] | JsonObject;
  key: string;
  value: Json;
}

function placesIn(parent: Json[] | JsonObject, depth: number): Place[] {
  return Object.entries(parent).flatMap(([key, value]) => {
    const within = depth > 0 && typeof value === "object" && value !== null ? placesIn(value, depth - 1) : [];
    return [{ parent, key, value }, ...within];
  });
}

function change({ parent, key, value }: Place, { how, field, value: generated }: Mutation): void {
  // Later changes go into it, and the generator may give it out again.
  const odd = structuredClone(generated);
  switch (how) {
    case "replace":
      return set(parent, key, odd);
    case "remove":
      delete (parent as JsonObject)[key];
      return;
    case "add": {
      const into = typeof value === "object" && value !== null ? value : parent;
      const added = (Object.hasOwn(UNKNOWN_FIELDS, field) ? UNKNOWN_FIELDS[field] : undefined) ?? odd;
      // In JSON an array has elements and no other fields.
      if (Array.isArray(into)) into.push(added);
      else set(into, field, added);
      return;
    }
    case "nest": {
      let nested = value;
      for (let depth = 0; depth < DEEP; depth += 1) nested = depth % 2 === 0 ? [nested] : { [key]: nested };
      return set(parent, key, nested);
    }
    case "repeat":
      return set(parent, key, repeated(value));
  }
}

function repeated(value: Json): Json {
  if (typeof value !== "string") return Array<Json>(MANY).fill(value);
  return value.repeat(Math.ceil(MANY_CHARACTERS / Math.max(value.length, 1)));
}

/** As a field of its own, even where it is called "__proto__". */
function set(into: Json[] | JsonObject, key: string, value: Json): void {
  Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
}
