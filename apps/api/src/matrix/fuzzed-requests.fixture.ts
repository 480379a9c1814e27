import fc from "fast-check";
import type { TestRoute } from "../api.fixture.ts";
import { slotsOf, type Aim, type Json, type JsonObject } from "./aim.fixture.ts";
import { callersOf, type Caller } from "./call-route.fixture.ts";
import { arbitraryOf, type Hints } from "./json-arbitrary.fixture.ts";
import { inputSchemaOf } from "./json-schema.fixture.ts";
import { mutate, mutations, type Mutation } from "./mutations.fixture.ts";

/** A request in which words in braces are still to be filled in. */
export interface FuzzedRequest {
  caller: Caller;
  parts: { params: Json; query: Json; body?: Json };
  /** What is changed in the parts before they are sent. */
  changes: Mutation[];
  /** Sent as it is, in the place of the body. */
  text: string | undefined;
  idempotencyKey: string | undefined;
}

/** Requests as a route's schemas and its aim describe them, most with a few changes; one in three is as aimed. */
export function fuzzedRequestsOf(route: TestRoute, aim: Aim): fc.Arbitrary<FuzzedRequest> {
  const { params, querystring, body } = route.schema ?? {};
  const kinds = new Map(
    (aim.bodies ?? [undefined])
      .flatMap((each) => slotsOf(aim, each))
      .map(({ place, path, kind }) => [`${place}.${path}`, kind]),
  );
  const made = (schema: unknown, path: string): fc.Arbitrary<Json> | undefined => {
    const root = inputSchemaOf(schema);
    const hints: Hints = { root: root ?? {}, kindAt: (at) => kinds.get(at) };
    return root && arbitraryOf(root, hints, path);
  };
  const nothing = fc.constant<Json>({});
  const bodies = bodiesOf(aim, made(body, "body"));
  const caller = fc.constantFrom(...callersOf(route));
  const aimed = fc.record<FuzzedRequest>({
    caller,
    parts: fc.constantFrom(...aimedParts(aim)),
    changes: fc.constant([]),
    text: fc.constant(undefined),
    idempotencyKey: fc.constant(undefined),
  });
  const strange = fc.record<FuzzedRequest>({
    caller,
    parts: fc.record({
      params: made(params, "params") ?? nothing,
      query: made(querystring, "query") ?? nothing,
      ...(bodies && { body: bodies }),
    }),
    changes: fc.oneof(fc.constant<Mutation[]>([]), fc.array(mutations, { minLength: 1, maxLength: 3 })),
    // Where no body is taken, one that is none the less sent is as good as broken.
    text: rarely(body === undefined ? fc.oneof(brokenTexts, fc.json()) : brokenTexts),
    idempotencyKey: rarely(idempotencyKeys),
  });
  return fc.oneof({ weight: 1, arbitrary: aimed }, { weight: 2, arbitrary: strange });
}

/** What is served as it is. */
function aimedParts({ params = {}, required = {}, bodies }: Aim): FuzzedRequest["parts"][] {
  return (bodies ?? [undefined]).map((body) => ({
    params: named(params),
    query: named(required),
    ...(body && { body }),
  }));
}

/** Words in braces for kinds of things. */
function named(kinds: Record<string, string>): Json {
  return Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, `{${kind}}`]));
}

/** What is to be sent. */
export function partsOf({ parts, changes }: FuzzedRequest): { params: JsonObject; query: JsonObject; body?: Json } {
  const { params, query, body } = mutate({ ...parts }, changes);
  return { params: objectOf(params), query: objectOf(query), ...(body !== undefined && { body }) };
}

/** What the aim says, which is accepted as it is, or what the schema takes. */
function bodiesOf({ bodies = [] }: Aim, schemas: fc.Arbitrary<Json> | undefined): fc.Arbitrary<Json> | undefined {
  const aimed = bodies.length > 0 ? [fc.constantFrom<Json>(...bodies)] : [];
  const all = [...aimed, ...(schemas ? [schemas] : [])];
  return all.length > 0 ? fc.oneof(...all) : undefined;
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ arbitrary: fc.constant(undefined), weight: 12 }, { arbitrary, weight: 1 });
}

const brokenTexts = fc.constantFrom(
  "",
  " ",
  "{",
  "[",
  "nul",
  "1e999",
  '"',
  "\ufeff{}",
  '{"a":1,"a":2}',
  '{"__proto__":{"isSuperAdmin":true}}',
  '{"constructor":{"prototype":{"isSuperAdmin":true}}}',
  "[".repeat(50_000),
  "[".repeat(20_000) + "]".repeat(20_000),
  '{"name":'.repeat(20_000) + "1" + "}".repeat(20_000),
);

const idempotencyKeys = fc.oneof(fc.constantFrom("", " ", "a", "\t", "é", "x".repeat(256)), fc.uuid());
