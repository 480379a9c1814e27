import { newId } from "@parley/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestRoute } from "../api.fixture.ts";
import { callersOf, callRoute, type Call } from "./call-route.fixture.ts";
import { aimOf, bodiesOf, openMatrix, type Matrix } from "./matrix.fixture.ts";
import { seedTenant } from "./seed-tenant.fixture.ts";

let matrix: Matrix;

beforeAll(async () => {
  matrix = await openMatrix();
});

afterAll(() => matrix.api.close());

/** Write down that they were asked, so the audit log would not be as it was. */
const NEVER_ALIKE = [
  "GET /analytics/export",
  "GET /audit-log/export",
  "GET /billing/ledger/export",
  "GET /contacts/export",
  "GET /data-exports/:id/archive",
];

test("what a tenant adds changes no answer to another, not even a number in it", async ({ annotate }) => {
  // Nobody else has written anything into its log.
  const quiet = await seedTenant(matrix.api);
  const reads = [...matrix.routes].filter(
    ([name, { method, access }]) => method === "GET" && access !== "super_admin" && !NEVER_ALIKE.includes(name),
  );
  const calls: { name: string; route: TestRoute; call: Call }[] = [];
  // All sessions are opened first, for there is a list of them.
  for (const [name, route] of reads) {
    calls.push({ name, route, call: await matrix.aim(name, "owner", undefined, { tenant: quiet }) });
  }
  const answers = async (): Promise<Record<string, string>> => {
    const bodies: Record<string, string> = {};
    for (const { name, route, call } of calls) bodies[name] = (await matrix.call(route, call)).response.body;
    return bodies;
  };
  const before = await answers();
  await seedTenant(matrix.api);
  expect(Object.keys(before).length).toBeGreaterThan(20);
  expect(await answers()).toEqual(before);
  return annotate(`${calls.length} routes read twice`);
});

describe("another tenant's Idempotency-Key", () => {
  test("is a new one, for every POST", async ({ annotate }) => {
    let keys = 0;
    const posts = [...matrix.routes].filter(([, { method, access }]) => method === "POST" && access !== "super_admin");
    for (const [name, route] of posts) {
      for (const caller of callersOf(route)) {
        const key = newId();
        keys += 1;
        const [body] = bodiesOf(aimOf(name));
        const asked = await matrix.aim(name, "owner", body, { tenant: matrix.theirs });
        const first = await callRoute(matrix.api, route, {
          ...asked,
          headers: { ...asked.headers, "idempotency-key": key },
        });
        const mine = await matrix.aim(name, caller, body);
        const { response } = await matrix.call(route, {
          ...mine,
          headers: { ...mine.headers, "idempotency-key": key },
        });
        expect([name, first.statusCode < 300, response.statusCode < 300]).toEqual([name, true, true]);
        expect([name, response.headers["idempotency-replayed"]]).toEqual([name, undefined]);
      }
    }
    return annotate(`${keys} keys at ${posts.length} routes`);
  });
});
