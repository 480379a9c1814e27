import type { LightMyRequestResponse } from "fastify";
import { indexPending } from "@parley/core/search";
import { buildContact } from "@parley/testing";
import { startTestApi, type TestApi, type TestRoute } from "../api.fixture.ts";
import type { Aim, JsonObject } from "./aim.fixture.ts";
import { AIMS } from "./aims.fixture.ts";
import {
  aimedCall,
  apiRoutesOf,
  callRoute,
  headersOf,
  type Call,
  type Caller,
  type Swap,
} from "./call-route.fixture.ts";
import { expectNoTrace } from "./matrix-answer.fixture.ts";
import { readIds } from "./owned-rows.fixture.ts";
import { seedTenant, type SeededTenant } from "./seed-tenant.fixture.ts";

/** Two tenants with everything that a tenant can have, and calls of the one that must not meet the other. */
export interface Matrix {
  api: TestApi;
  /** By name, as in AIMS. */
  routes: Map<string, TestRoute>;
  own: SeededTenant;
  theirs: SeededTenant;
  /** What would tell that something of theirs is in an answer: every id of theirs, and what stands in all their texts. */
  traces: ReadonlySet<string>;
  routeOf(name: string): TestRoute;
  /** A call as it is aimed, by a tenant (one's own unless given) that uses up something of its own. */
  aim(
    name: string,
    caller: Caller,
    body: JsonObject | undefined,
    options?: { tenant?: SeededTenant; filters?: readonly string[]; swap?: Swap },
  ): Promise<Call>;
  /** Calls, and looks for traces of theirs that were not `sent`, in the answer. */
  call(route: TestRoute, call: Call): Promise<{ response: LightMyRequestResponse; sent: string[] }>;
}

export async function openMatrix(): Promise<Matrix> {
  const api = await startTestApi();
  const routes = apiRoutesOf(api);
  const own = await seedTenant(api);
  const theirs = await seedTenant(api);
  // By the worker, as ever: a search itself brings in only the newest changes.
  await indexPending(api.context);
  for (const { things } of [own, theirs]) {
    await buildContact(api.context, { tenantId: things.tenant, name: `Newest ${things.canary}` });
  }
  const { canary, password, phone } = theirs.things;
  const ids = await readIds(api.context, tenantsOf(theirs));
  const traces = new Set([...ids, canary, password, phone, theirs.passwordHash]);

  return {
    api,
    routes,
    own,
    theirs,
    traces,
    routeOf(name) {
      const route = routes.get(name);
      if (!route) throw new Error(`There is no route ${name} any more; take it out of aims.fixture.ts`);
      return route;
    },
    async aim(name, caller, body, { tenant = own, filters, swap } = {}) {
      const described = aimOf(name);
      const spare = (await described.spare?.(api, tenant)) ?? {};
      const headers = await headersOf(api, caller, tenant, spare.caller);
      return { ...aimedCall(described, body, { tenant, spare, ...(filters && { filters }) }, swap), headers };
    },
    async call(route, { headers, ...parts }) {
      const response = await callRoute(api, route, { ...parts, ...(headers && { headers }) });
      const sent = textsIn([parts, headers?.["x-tenant-id"]]);
      expectNoTrace(response, traces, sent);
      return { response, sent };
    },
  };
}

/** A company and its branch. */
export function tenantsOf({ things }: SeededTenant): string[] {
  return [things.tenant, things.branch];
}

export function aimOf(name: string): Aim {
  return AIMS[name] ?? {};
}

/** The bodies that are sent, or that none is. */
export function bodiesOf({ bodies }: Aim): (JsonObject | undefined)[] {
  return bodies ?? [undefined];
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
