import { processEnv } from "@parley/runtime";
import fc from "fast-check";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi, type TestRoute } from "../api.fixture.ts";
import { fill, type Aim, type Json, type JsonObject, type Spare } from "./aim.fixture.ts";
import { AIMS } from "./aims.fixture.ts";
import { apiRoutesOf, callersOf, headersOf } from "./call-route.fixture.ts";
import { expectDeclared } from "./expect-declared.fixture.ts";
import { fuzzedRequestsOf, partsOf, type FuzzedRequest } from "./fuzzed-requests.fixture.ts";
import { inputSchemaOf, propertiesOf } from "./json-schema.fixture.ts";
import { UNKNOWN_FIELDS } from "./mutations.fixture.ts";
import { seedTenant, type SeededTenant } from "./seed-tenant.fixture.ts";
import { sendRaw } from "./send-raw.fixture.ts";
import { isKind, nobodysThings, type Things } from "./things.fixture.ts";
import { watchRows, type RowWatch } from "./watched-rows.fixture.ts";

/** `FUZZ_RUNS=1000 FUZZ_SEED=7 npm test -- schema-fuzz` looks further; CI has another seed each time. What fails says it. */
const RUNS = Number(processEnv["FUZZ_RUNS"] || 25);
const SEED = Number(processEnv["FUZZ_SEED"] || 1);
/** So that more runs have more time. */
const TIMEOUT_MS = 30_000 + RUNS * 200;

let api: TestApi;
let routes: Map<string, TestRoute>;
let theirs: SeededTenant;
let shared: SeededTenant;
let theirRows: RowWatch;
const counted = { served: 0, refused: 0, wishes: 0 };
/** How many requests each route has served. */
const servedBy = new Map<string, number>();

const tenantsOf = ({ things }: SeededTenant): string[] => [things.tenant, things.branch];

beforeAll(async () => {
  api = await startTestApi();
  routes = apiRoutesOf(api);
  theirs = await seedTenant(api);
  shared = await seedTenant(api);
  theirRows = await watchRows(api.context, tenantsOf(theirs));
});

afterAll(() => api.close());

function routeOf(name: string): TestRoute {
  const route = routes.get(name);
  if (!route) throw new Error(`There is no route ${name} any more; take it out of aims.fixture.ts`);
  return route;
}

/** What words in braces stand for. The platform's administrators may change everybody's, so theirs are nobody's to them. */
function wordsOf(tenant: SeededTenant, spare: Spare, caller: FuzzedRequest["caller"]) {
  const own: Things = { ...tenant.things, ...spare.things };
  const strange = caller === "super_admin" ? nobodysThings() : theirs.things;
  return (word: string): string | undefined => {
    if (isKind(word)) return own[word];
    const kind = word.replace("their_", "");
    return word.startsWith("their_") && isKind(kind) ? strange[kind] : spare.words?.[word];
  };
}

async function send(
  route: TestRoute,
  described: Aim,
  tenant: SeededTenant,
  request: FuzzedRequest,
): Promise<LightMyRequestResponse> {
  const spare = (await described.spare?.(api, tenant)) ?? {};
  const words = wordsOf(tenant, spare, request.caller);
  const headers = await headersOf(api, request.caller, tenant, spare.caller);
  const { text, idempotencyKey } = request;
  const { params, query, body } = partsOf(request);
  return sendRaw(api, route, {
    params: fill(params, words) as JsonObject,
    query: fill(query, words) as JsonObject,
    text: text ?? (body === undefined ? undefined : JSON.stringify(fill(body, words))),
    headers: { ...headers, ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }) },
  });
}

/** What nobody becomes by asking for it. */
async function privileges(tenant: SeededTenant): Promise<{ roles: string[]; plans: number; superAdmins: number }> {
  const { tenant: tenantId, owner, member } = tenant.things;
  return api.context.database.withSystem(async (tx) => {
    const people = await tx.membership.findMany({ where: { tenantId, userId: { in: [owner, member] } } });
    return {
      roles: people.map(({ userId, role }) => `${userId} ${role}`).toSorted(),
      plans: await tx.tenant.count({ where: { plan: { not: "DEV" } } }),
      // Those of the tests belong to no company.
      superAdmins: await tx.user.count({ where: { isSuperAdmin: true, memberships: { some: {} } } }),
    };
  });
}

test("every route of the API is fuzzed", () => {
  expect(Object.keys(AIMS).toSorted()).toEqual([...routes.keys()].toSorted());
});

describe(`whatever is sent, the answer is one that the route declares (seed ${SEED}, ${RUNS} runs)`, () => {
  test.each(Object.entries(AIMS))(
    "%s",
    async (name, described) => {
      const route = routeOf(name);
      const tenant = route.method === "GET" ? shared : await seedTenant(api);
      const before = await privileges(tenant);
      await fc.assert(
        fc.asyncProperty(fuzzedRequestsOf(route, described), async (request) => {
          const response = await send(route, described, tenant, request);
          try {
            expectDeclared(api, route, response);
          } catch (error) {
            throw new Error(`${response.statusCode} ${response.body.slice(0, 2_000)}`, { cause: error });
          }
          expect(response.body).not.toContain(theirs.things.canary);
          const isServed = response.statusCode < 300;
          counted[isServed ? "served" : "refused"] += 1;
          servedBy.set(name, (servedBy.get(name) ?? 0) + (isServed ? 1 : 0));
        }),
        { numRuns: RUNS, seed: SEED },
      );
      expect(await privileges(tenant)).toEqual(allowed(route, before));
      expect(await theirRows.look()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  // A third of them is as its aim says: that none of them all was served is no chance.
  test("and every route has served some", ({ annotate }) => {
    const shares = [...servedBy].toSorted(([, some], [, more]) => some - more);
    expect(shares.filter(([, served]) => served === 0)).toEqual([]);
    const fewest = shares.slice(0, 5).map(([name, served]) => `${name} ${served} of ${RUNS}`);
    return annotate(`fewest: ${fewest.join(", ")}`);
  });

  test("and requests of both kinds were made: those that are served and those that are refused", ({ annotate }) => {
    const { served, refused } = counted;
    expect(served / (served + refused)).toBeGreaterThan(0.3);
    expect(refused / (served + refused)).toBeGreaterThan(0.15);
    return annotate(`${served + refused} requests to ${routes.size} routes: ${served} served, ${refused} refused`);
  });
});

/** The same, but for what the route is there to change. */
function allowed(
  { access, schema }: TestRoute,
  before: Awaited<ReturnType<typeof privileges>>,
): Record<keyof typeof before, unknown> {
  const changesRoles = "role" in propertiesOf(inputSchemaOf(schema?.body));
  return {
    ...before,
    ...((changesRoles || access === "members.manage") && { roles: expect.anything() }),
    ...(access === "super_admin" && { plans: expect.any(Number) }),
  };
}

describe("what a caller would like to be is refused, and nothing changes", () => {
  let sharedRows: RowWatch;

  beforeAll(async () => {
    sharedRows = await watchRows(api.context, tenantsOf(shared));
  });

  test.each(Object.entries(AIMS))("%s", async (name, described) => {
    const route = routeOf(name);
    const [caller = "nobody"] = callersOf(route);
    const spare = (await described.spare?.(api, shared)) ?? {};
    const headers = await headersOf(api, caller, shared, spare.caller);
    const words = wordsOf(shared, spare, caller);
    // What was made for these requests is no change.
    await sharedRows.look();
    const filled = (value: Json): Json => fill(value, words);
    const params = filled({ ...(described.params && wordsIn(described.params)) }) as JsonObject;
    for (const field of Object.keys(UNKNOWN_FIELDS)) {
      const value = filled(UNKNOWN_FIELDS[field] ?? null);
      if (!(field in propertiesOf(inputSchemaOf(route.schema?.querystring)))) {
        const text = described.bodies && JSON.stringify(filled(described.bodies[0] ?? null));
        await expectUnknown(name, field, sendRaw(api, route, { params, query: { [field]: value }, text, headers }));
      }
      if (route.method !== "GET" && route.schema?.body === undefined) {
        const text = JSON.stringify({ [field]: value });
        await expectInvalid(name, sendRaw(api, route, { params, query: {}, text, headers }));
      }
      for (const body of described.bodies ?? []) {
        if (field in propertiesOf(inputSchemaOf(route.schema?.body))) continue;
        for (const added of withFieldAnywhere(filled(body) as JsonObject, field, value)) {
          const text = JSON.stringify(added);
          await expectUnknown(name, field, sendRaw(api, route, { params, query: {}, text, headers }));
        }
      }
    }
    expect(await sharedRows.look()).toEqual([]);
  });

  test("in every place where it could be asked for", ({ annotate }) => {
    expect(counted.wishes).toBeGreaterThan(routes.size * Object.keys(UNKNOWN_FIELDS).length);
    return annotate(`${counted.wishes} requests to ${routes.size} routes`);
  });
});

function wordsIn(kinds: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, `{${kind}}`]));
}

/** Objects that take any field, because they are kept as they are. */
const FREE = new Set(["metadata"]);

/** The object with one field more, in itself or in one of the objects within. */
function withFieldAnywhere(object: JsonObject, field: string, value: Json): JsonObject[] {
  const within = Object.entries(object).flatMap(([key, part]) =>
    typeof part === "object" && part !== null && !Array.isArray(part) && !FREE.has(key)
      ? withFieldAnywhere(part, field, value).map((changed) => ({ ...object, [key]: changed }))
      : [],
  );
  return [{ ...object, [field]: value }, ...within];
}

async function expectUnknown(name: string, field: string, answer: Promise<LightMyRequestResponse>): Promise<void> {
  const { errors = [] } = await expectInvalid(name, answer);
  expect([name, errors.map(({ path }) => path.split(".").at(-1))]).toEqual([name, expect.arrayContaining([field])]);
}

async function expectInvalid(
  name: string,
  answer: Promise<LightMyRequestResponse>,
): Promise<{ errors?: { path: string }[] }> {
  const response = await answer;
  counted.wishes += 1;
  const problem = response.json<{ code: string; errors?: { path: string }[] }>();
  expect([name, response.statusCode, problem.code]).toEqual([name, 400, "validation_failed"]);
  return problem;
}
