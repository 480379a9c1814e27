import { newId } from "@parley/runtime";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi, type TestRoute } from "../api.fixture.ts";
import { API_QUEUES } from "../context.ts";
import { slotsOf, type Aim, type JsonObject, type Slot } from "./aim.fixture.ts";
import { AIMS } from "./aims.fixture.ts";
import {
  aimedCall,
  apiRoutesOf,
  callersOf,
  callRoute,
  headersOf,
  type Call,
  type Caller,
  type Swap,
} from "./call-route.fixture.ts";
import { idFieldsOf } from "./id-fields.fixture.ts";
import { comparable, expectNoTrace, isList, rowsOf } from "./matrix-answer.fixture.ts";
import { checksums, columnsWithout, readIds } from "./owned-rows.fixture.ts";
import { seedTenant, type SeededTenant } from "./seed-tenant.fixture.ts";
import { isIdKind, nobodysThings, type Things } from "./things.fixture.ts";

/** Columns in which the other tenant's word cannot stand, and why. Everywhere else it does. */
const WITHOUT_CANARY: Record<string, string> = {
  "api_key.key_hash": "a hash",
  "api_key.scopes": "names of actions",
  "app_user.password_hash": "a hash",
  "event.type": "one of a closed set",
  "idempotency_key.request_hash": "a hash",
  "inbox.credentials": "an envelope, in which it stands",
  "invitation.token_hash": "a hash",
  "message.type": "one of a closed set",
  "password_reset.token_hash": "a hash",
  "raw_webhook_event.body_hash": "a hash",
  "refresh_token.token_hash": "a hash",
  "tenant.business_hours": "times of day",
  "tenant.holidays": "dates",
  "tenant.languages": "language tags",
  "tenant.time_zone": "a name of the IANA database",
};

let api: TestApi;
let routes: Map<string, TestRoute>;
let own: SeededTenant;
let theirs: SeededTenant;
/** What would tell that something of theirs is in an answer: every id of theirs, and what stands in all their texts. */
let traces: Set<string>;
let theirCursors: Map<string, string>;
/** With another tenant's things, or with those of nobody. */
let strangeRequests = 0;

const tenantsOf = ({ things }: SeededTenant): string[] => [things.tenant, things.branch];

beforeAll(async () => {
  api = await startTestApi();
  routes = apiRoutesOf(api);
  own = await seedTenant(api);
  theirs = await seedTenant(api);
  theirCursors = await readTheirCursors();
  const { canary, password, phone } = theirs.things;
  traces = new Set([...(await readIds(api.context, tenantsOf(theirs))), canary, password, phone, theirs.passwordHash]);
});

afterAll(() => api.close());

function routeOf(name: string): TestRoute {
  const route = routes.get(name);
  if (!route) throw new Error(`There is no route ${name} any more; take it out of aims.fixture.ts`);
  return route;
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Calls, and looks for traces in the answer. */
async function call(
  route: TestRoute,
  { headers, ...parts }: Call,
): Promise<{ response: LightMyRequestResponse; sent: string[] }> {
  const response = await callRoute(api, route, { ...parts, headers });
  const sent = textsIn([parts, headers?.["x-tenant-id"]]);
  expectNoTrace(response, traces, sent);
  return { response, sent };
}

/** A call as it is aimed, by a tenant that uses up something of its own. */
async function aim(
  name: string,
  caller: Caller,
  body: JsonObject | undefined,
  options: { tenant?: SeededTenant; filters?: readonly string[]; swap?: Swap } = {},
): Promise<Call> {
  const { tenant = own, filters, swap } = options;
  const described = aimOf(name);
  const spare = (await described.spare?.(api, tenant)) ?? {};
  const headers = await headersOf(api, caller, tenant, spare.caller);
  return { ...aimedCall(described, body, { tenant, spare, ...(filters && { filters }) }, swap), headers };
}

function aimOf(name: string): Aim {
  return AIMS[name] ?? {};
}

function bodiesOf({ bodies }: Aim): (JsonObject | undefined)[] {
  return bodies ?? [undefined];
}

/** What is put in the place of one's own, one slot at a time and all at once, though not with the password to it. */
function swapsOf(described: Aim, body: JsonObject | undefined): { name: string; slots: Slot[] }[] {
  const slots = slotsOf(described, body);
  const single = slots.map((slot) => ({ name: `${slot.place}.${slot.path}`, slots: [slot] }));
  const together = slots.filter(({ kind }) => kind !== "password");
  return together.length > 1 ? [...single, { name: "everything", slots: together }] : single;
}

describe("what the matrix goes by", () => {
  test("every route of the API is aimed, and every aim has its route", () => {
    expect([...routes.keys()].toSorted()).toEqual(Object.keys(AIMS).toSorted());
  });

  test("every id that a route takes is aimed", () => {
    for (const [name, route] of routes) {
      const described = aimOf(name);
      const aimed = bodiesOf(described).flatMap((body) => slotsOf(described, body));
      const places = new Set(aimed.map(({ place, path }) => `${place}.${path}`));
      const missing = idFieldsOf(route).filter((field) => !places.has(field));
      expect([name, missing]).toEqual([name, []]);
    }
  });

  test("each of the two tenants has a row in every table that tenants have rows in", async () => {
    for (const tenant of [own, theirs]) {
      const sums = Object.entries(await checksums(api.context, [tenant.things.tenant]));
      expect(sums.length).toBeGreaterThan(20);
      expect(sums.filter(([, { rows }]) => rows === 0).map(([table]) => table)).toEqual([]);
    }
  });

  test("the other tenant's word stands in every column that holds text", async () => {
    const without = await columnsWithout(api.context, tenantsOf(theirs), theirs.things.canary);
    expect(without).toEqual(Object.keys(WITHOUT_CANARY));
  });
});

describe("another tenant's things are nobody's", () => {
  test.each(Object.keys(AIMS))("%s", async (name) => {
    const route = routeOf(name);
    const before = await checksums(api.context, tenantsOf(theirs));
    for (const caller of callersOf(route)) await callWithOwn(name, caller);
    // A platform's administrator may work with everybody's; their routes are tried by a company's owner.
    const tried: readonly Caller[] = route.access === "super_admin" ? ["owner", "key"] : callersOf(route);
    for (const caller of tried) {
      for (const body of bodiesOf(aimOf(name))) await callWithStrange(name, caller, body);
      await callElsewhere(name, caller);
      await callWithTheirCursor(name, caller);
    }
    expect(await checksums(api.context, tenantsOf(theirs))).toEqual(before);
  });

  test("no job names anything of theirs", async () => {
    const jobs = await Promise.all(API_QUEUES.map((queue) => api.context.jobsOn(queue)));
    const text = JSON.stringify(jobs);
    expect(jobs.flat().length).toBeGreaterThan(0);
    expect([...traces].filter((trace) => text.includes(trace))).toEqual([]);
  });

  test("in more than three requests for each route", ({ annotate }) => {
    expect(strangeRequests).toBeGreaterThan(routes.size * 3);
    return annotate(`${strangeRequests} requests with another tenant's things or nobody's, to ${routes.size} routes`);
  });
});

/** With one's own things every body is accepted and every filter finds something: so the aim is right. */
async function callWithOwn(name: string, caller: Caller): Promise<void> {
  const { query = {}, findsNothing = {}, ...described } = aimOf(name);
  for (const body of bodiesOf(described)) await expectServed(name, await aim(name, caller, body));
  for (const filter of Object.keys(query)) {
    const rows = rowsOf(await expectServed(name, await aim(name, caller, undefined, { filters: [filter] })));
    expect([name, filter, rows === 0]).toEqual([name, filter, filter in findsNothing]);
  }
}

async function expectServed(name: string, asked: Call): Promise<LightMyRequestResponse> {
  const { response } = await call(routeOf(name), asked);
  const { statusCode } = response;
  expect([name, statusCode, statusCode < 300 ? "" : response.body]).toEqual([name, expect.any(Number), ""]);
  return response;
}

/** Each slot in turn, and all of them: theirs and nobody's are answered alike. */
async function callWithStrange(name: string, caller: Caller, body: JsonObject | undefined): Promise<void> {
  const route = routeOf(name);
  for (const { name: swapped, slots } of swapsOf(aimOf(name), body)) {
    const strange = await callBoth(name, caller, body, (things) => ({ swap: { slots, things } }));
    const where = [name, caller, swapped];
    expect([...where, strange.answers[0]]).toEqual([...where, strange.answers[1]]);
    const [{ statusCode }] = strange.responses;
    if (route.access === "super_admin") expect([...where, statusCode]).toEqual([...where, 403]);
    else if (slots.some(({ place }) => place === "params")) expect([...where, statusCode]).toEqual([...where, 404]);
    else if (slots.every(({ place }) => place === "query")) {
      expect([...where, statusCode, rowsOf(strange.responses[0])]).toEqual([...where, 200, 0]);
    } else if (slots.some(({ kind }) => isIdKind(kind))) {
      expect([...where, [400, 401, 404].includes(statusCode)]).toEqual([...where, true]);
    }
  }
}

/** The same call with their things and with nobody's. */
async function callBoth(
  name: string,
  caller: Caller,
  body: JsonObject | undefined,
  change: (things: Things) => {
    swap?: Swap;
    headers?: Record<string, string>;
    query?: Record<string, string>;
    body?: JsonObject;
  },
): Promise<{ answers: [object, object]; responses: [LightMyRequestResponse, LightMyRequestResponse] }> {
  const ask = async (things: Things) => {
    const { swap, headers, query, body: added } = change(things);
    const aimed = await aim(name, caller, body, swap && { swap });
    const asked: Call = {
      ...aimed,
      headers: { ...aimed.headers, ...headers },
      query: { ...aimed.query, ...query },
      ...(added && { body: { ...(aimed.body as JsonObject | undefined), ...added } }),
    };
    strangeRequests += 1;
    const { response, sent } = await call(routeOf(name), asked);
    // What a call makes is new each time.
    const isMade = response.statusCode < 300 && routeOf(name).method !== "GET";
    return { response, answer: isMade ? { made: true } : comparable(response, sent) };
  };
  const ofTheirs = await ask(theirs.things);
  const ofNobody = await ask(nobodysThings());
  return { answers: [ofTheirs.answer, ofNobody.answer], responses: [ofTheirs.response, ofNobody.response] };
}

/** A tenant that is named where the request does not take one: in the header, the query and the body. */
async function callElsewhere(name: string, caller: Caller): Promise<void> {
  const [body] = bodiesOf(aimOf(name));
  const takesTenant = idFieldsOf(routeOf(name)).includes("body.tenantId");
  const ways: [
    string,
    (things: Things) => Parameters<typeof callBoth>[3] extends (things: Things) => infer C ? C : never,
  ][] = [
    ["X-Tenant-Id", ({ tenant }) => ({ headers: { "x-tenant-id": tenant } })],
    ["?tenantId", ({ tenant }) => ({ query: { tenantId: tenant } })],
    ...(body && !takesTenant
      ? ([["tenantId", ({ tenant }) => ({ body: { tenantId: tenant } })]] satisfies typeof ways)
      : []),
  ];
  for (const [way, change] of ways) {
    const { answers, responses } = await callBoth(name, caller, body, change);
    expect([name, caller, way, answers[0]]).toEqual([name, caller, way, answers[1]]);
    // Whoever is nobody yet works nowhere, so the header says nothing.
    const isRefused = responses[0].statusCode >= 400;
    expect([name, caller, way, isRefused]).toEqual([name, caller, way, caller !== "nobody" || way !== "X-Tenant-Id"]);
  }
}

/** Where their list goes on, one's own goes on with nothing of theirs. */
async function callWithTheirCursor(name: string, caller: Caller): Promise<void> {
  const cursor = theirCursors.get(name);
  if (cursor === undefined) return;
  strangeRequests += 1;
  const asked = await aim(name, caller, undefined);
  const { response } = await call(routeOf(name), { ...asked, query: { cursor } });
  expect([name, caller, response.statusCode]).toEqual([name, caller, 200]);
}

/** The cursor after the first row of each of their lists. */
async function readTheirCursors(): Promise<Map<string, string>> {
  const cursors = new Map<string, string>();
  for (const [name, route] of routes) {
    if (route.method !== "GET" || AIMS[name] === undefined) continue;
    const list = await aim(name, "owner", undefined, { tenant: theirs });
    if (!isList(await callRoute(api, route, list))) continue;
    const page = await callRoute(api, route, { ...list, query: { limit: "1" } });
    const { nextCursor } = page.json<{ page: { nextCursor: string | null } }>().page;
    if (nextCursor === null) throw new Error(`${name} has one row only; seed another, so that it has a next page`);
    cursors.set(name, nextCursor);
  }
  return cursors;
}

describe("another tenant's Idempotency-Key", () => {
  test("is a new one, for every POST", async () => {
    const posts = [...routes].filter(([, { method, access }]) => method === "POST" && access !== "super_admin");
    for (const [name, route] of posts) {
      for (const caller of callersOf(route)) {
        const key = newId();
        const [body] = bodiesOf(aimOf(name));
        const asked = await aim(name, "owner", body, { tenant: theirs });
        const first = await callRoute(api, route, { ...asked, headers: { ...asked.headers, "idempotency-key": key } });
        const mine = await aim(name, caller, body);
        const { response } = await call(route, { ...mine, headers: { ...mine.headers, "idempotency-key": key } });
        expect([name, first.statusCode < 300, response.statusCode < 300]).toEqual([name, true, true]);
        expect([name, response.headers["idempotency-replayed"]]).toEqual([name, undefined]);
      }
    }
  });
});
