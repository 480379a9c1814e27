import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { API_QUEUES, API_SUBSCRIPTIONS } from "../context.ts";
import { slotsOf, type Aim, type JsonObject, type Slot } from "./aim.fixture.ts";
import { AIMS } from "./aims.fixture.ts";
import { callersOf, callRoute, type Call, type Caller, type Swap } from "./call-route.fixture.ts";
import { idFieldsOf } from "./id-fields.fixture.ts";
import { comparable, isList, rowsOf } from "./matrix-answer.fixture.ts";
import { aimOf, bodiesOf, openMatrix, tenantsOf, type Matrix } from "./matrix.fixture.ts";
import { isIdKind, nobodysThings, type Things } from "./things.fixture.ts";
import { watchRows, type RowWatch } from "./watched-rows.fixture.ts";

/** Where a SUPER_ADMIN is not kept to the company of X-Tenant-Id, and why. */
const FOR_ADMINS_EVERYWHERE: Record<string, string> = {
  "POST /auth/switch": "they may work in any",
  "GET /tenants": "they see all",
};

let matrix: Matrix;
let theirRows: RowWatch;
let theirCursors: Map<string, string>;
/** What was tried, and in how many requests: with one's own things, and with another tenant's or nobody's. */
const ran = { cases: 0, own: 0, strange: 0 };

beforeAll(async () => {
  matrix = await openMatrix();
  theirCursors = await readTheirCursors();
  theirRows = await watchRows(matrix.api.context, tenantsOf(matrix.theirs));
});

afterAll(() => matrix.api.close());

describe("another tenant's things are nobody's", () => {
  test.each(Object.keys(AIMS))("%s", async (name) => {
    const route = matrix.routeOf(name);
    for (const caller of callersOf(route)) await callWithOwn(name, caller);
    for (const caller of strangersTo(name)) {
      for (const body of bodiesOf(aimOf(name))) await callWithStrange(name, caller, body);
      await callElsewhere(name, caller);
      await callWithTheirCursor(name, caller);
    }
    expect(await theirRows.look()).toEqual([]);
  });

  test("no job names anything of theirs", async () => {
    const queues = [...API_QUEUES, ...API_SUBSCRIPTIONS.map(({ queue }) => queue)];
    const jobs = await Promise.all(queues.map((queue) => matrix.api.context.jobsOn(queue)));
    const traces = [...matrix.traces];
    expect(jobs.flat().length).toBeGreaterThan(0);
    expect(jobs.flat().filter((job) => traces.some((trace) => JSON.stringify(job).includes(trace)))).toEqual([]);
  });

  test("in more than five cases for each route", ({ annotate }) => {
    const { cases, own, strange } = ran;
    expect(cases).toBeGreaterThan(matrix.routes.size * 5);
    return annotate(
      `${matrix.routes.size} routes, ${cases} cases: ${strange} requests with another tenant's things or nobody's, ` +
        `${own} with one's own`,
    );
  });
});

/** Who tries what is not theirs. */
function strangersTo(name: string): Caller[] {
  const route = matrix.routeOf(name);
  // The platform's administrators work there with everybody's.
  if (route.access === "super_admin") return ["owner", "key"];
  const alsoVisitors = route.access === "signed_in" && !(name in FOR_ADMINS_EVERYWHERE);
  return alsoVisitors ? [...callersOf(route), "visiting_admin"] : callersOf(route);
}

/** With one's own things every body is accepted and every filter finds something: so the aim is right. */
async function callWithOwn(name: string, caller: Caller): Promise<void> {
  const { query = {}, findsNothing = {}, ...described } = aimOf(name);
  for (const body of bodiesOf(described)) await expectServed(name, await matrix.aim(name, caller, body));
  for (const filter of Object.keys(query)) {
    const rows = rowsOf(await expectServed(name, await matrix.aim(name, caller, undefined, { filters: [filter] })));
    expect([name, filter, rows === 0]).toEqual([name, filter, filter in findsNothing]);
  }
}

async function expectServed(name: string, asked: Call): Promise<LightMyRequestResponse> {
  ran.own += 1;
  const { response } = await matrix.call(matrix.routeOf(name), asked);
  const { statusCode } = response;
  expect([name, statusCode, statusCode < 300 ? "" : response.body]).toEqual([name, expect.any(Number), ""]);
  return response;
}

/** Each slot in turn, and all of them: theirs and nobody's are answered alike. */
async function callWithStrange(name: string, caller: Caller, body: JsonObject | undefined): Promise<void> {
  const route = matrix.routeOf(name);
  for (const { name: swapped, slots } of swapsOf(aimOf(name), body)) {
    const strange = await callBoth(name, caller, body, (things) => ({ swap: { slots, things } }));
    const where = [name, caller, swapped];
    expect([...where, strange.answers[0]]).toEqual([...where, strange.answers[1]]);
    const [{ statusCode }] = strange.responses;
    if (route.access === "super_admin") expect([...where, statusCode]).toEqual([...where, 403]);
    else if (slots.some(({ place }) => place === "params")) expect([...where, statusCode]).toEqual([...where, 404]);
    else if (slots.every(({ place }) => place === "query")) {
      // What is no filter by a value but a thing of its own, such as a view, is not found.
      const found = statusCode === 404 ? 0 : rowsOf(strange.responses[0]);
      expect([...where, statusCode, found]).toEqual([...where, statusCode === 404 ? 404 : 200, 0]);
    } else if (slots.some(({ kind }) => isIdKind(kind))) {
      const refusals = isForMembers(name, caller) ? [403] : [400, 401, 404];
      expect([...where, refusals.includes(statusCode)]).toEqual([...where, true]);
    }
  }
}

/** What a SUPER_ADMIN may not who only visits, whatever it names: it would be a member's own. */
function isForMembers(name: string, caller: Caller): boolean {
  return (
    caller === "visiting_admin" && ["POST /segments", "POST /views", "PUT /conversations/:id/draft"].includes(name)
  );
}

/** What makes a call strange: things in the place of one's own, or something that is added. */
interface Change {
  swap?: Swap;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  body?: JsonObject;
}

/** The same call with their things and with nobody's. */
async function callBoth(
  name: string,
  caller: Caller,
  body: JsonObject | undefined,
  change: (things: Things) => Change,
): Promise<{ answers: [object, object]; responses: [LightMyRequestResponse, LightMyRequestResponse] }> {
  const ask = async (things: Things) => {
    const { swap, headers, query, body: added } = change(things);
    const aimed = await matrix.aim(name, caller, body, swap && { swap });
    const asked: Call = {
      ...aimed,
      headers: { ...aimed.headers, ...headers },
      query: { ...aimed.query, ...query },
      ...(added && { body: { ...(aimed.body as JsonObject | undefined), ...added } }),
    };
    ran.strange += 1;
    const { response, sent } = await matrix.call(matrix.routeOf(name), asked);
    // What a call makes is new each time.
    const isMade = response.statusCode < 300 && matrix.routeOf(name).method !== "GET";
    return { response, answer: isMade ? { made: true } : comparable(response, sent) };
  };
  ran.cases += 1;
  const ofTheirs = await ask(matrix.theirs.things);
  const ofNobody = await ask(nobodysThings());
  return { answers: [ofTheirs.answer, ofNobody.answer], responses: [ofTheirs.response, ofNobody.response] };
}

/** A tenant that is named where the request does not take one: in the header, the query and the body. */
async function callElsewhere(name: string, caller: Caller): Promise<void> {
  const [body] = bodiesOf(aimOf(name));
  const route = matrix.routeOf(name);
  const takesTenant = idFieldsOf(route).includes("body.tenantId");
  const ways: [string, (things: Things) => Change][] = [
    ["?tenantId", ({ tenant }) => ({ query: { tenantId: tenant } })],
  ];
  if (route.method !== "GET" && !takesTenant) {
    ways.push(["tenantId", ({ tenant }) => ({ body: { tenantId: tenant } })]);
  }
  // It is what takes an administrator to another company.
  if (caller !== "visiting_admin") {
    ways.push(["X-Tenant-Id", ({ tenant }) => ({ headers: { "x-tenant-id": tenant } })]);
  }
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
  ran.cases += 1;
  ran.strange += 1;
  const asked = await matrix.aim(name, caller, undefined);
  const { response } = await matrix.call(matrix.routeOf(name), { ...asked, query: { ...asked.query, cursor } });
  expect([name, caller, response.statusCode]).toEqual([name, caller, 200]);
}

/** The cursor after the first row of each of their lists. */
async function readTheirCursors(): Promise<Map<string, string>> {
  const cursors = new Map<string, string>();
  for (const [name, route] of matrix.routes) {
    if (route.method !== "GET" || AIMS[name] === undefined) continue;
    const list = await matrix.aim(name, "owner", undefined, { tenant: matrix.theirs });
    if (!isList(await callRoute(matrix.api, route, list))) continue;
    const page = await callRoute(matrix.api, route, { ...list, query: { ...list.query, limit: "1" } });
    const { nextCursor } = page.json<{ page: { nextCursor: string | null } }>().page;
    if (nextCursor === null) throw new Error(`${name} has one row only; seed another, so that it has a next page`);
    cursors.set(name, nextCursor);
  }
  return cursors;
}

/** What is put in the place of one's own, one slot at a time and all at once, though not with the password to it. */
function swapsOf(described: Aim, body: JsonObject | undefined): { name: string; slots: Slot[] }[] {
  const slots = slotsOf(described, body);
  const single = slots.map((slot) => ({ name: `${slot.place}.${slot.path}`, slots: [slot] }));
  const together = slots.filter(({ kind }) => kind !== "password");
  return together.length > 1 ? [...single, { name: "everything", slots: together }] : single;
}
