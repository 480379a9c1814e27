import { isForKeys } from "@parley/core/api-keys";
import type { LightMyRequestResponse } from "fastify";
import type { TestApi, TestRoute } from "../api.fixture.ts";
import { fill, type Aim, type Json, type JsonObject, type Slot, type Spare } from "./aim.fixture.ts";
import type { SeededTenant } from "./seed-tenant.fixture.ts";
import { sendRaw } from "./send-raw.fixture.ts";
import { isKind, type Things } from "./things.fixture.ts";

const PREFIX = "/api/v1";

/** Somebody of a tenant, the platform's administrator, outside any tenant or at work in it, or nobody in particular. */
export type Caller = "owner" | "key" | "super_admin" | "visiting_admin" | "nobody";

/** "GET /inboxes/:id" */
export function nameOf({ method, path }: Pick<TestRoute, "method" | "path">): string {
  return `${method} ${path.slice(PREFIX.length)}`;
}

/** The routes of the API, by name. */
export function apiRoutesOf({ routes }: Pick<TestApi, "routes">): Map<string, TestRoute> {
  const ofApi = routes.filter(({ path }) => path.startsWith(`${PREFIX}/`));
  return new Map(ofApi.map((route) => [nameOf(route), route]));
}

/** What the platform's administrators do in a company, which they name by X-Tenant-Id. */
const WITHIN_A_COMPANY: ReadonlySet<string> = new Set([
  "PATCH /billing/plan",
  "POST /billing/invoices/:period/credit-notes",
  "POST /billing/periods/:period/close",
]);

/** Who may call a route. */
export function callersOf(route: Pick<TestRoute, "method" | "path" | "access">): Caller[] {
  const { access } = route;
  if (access === undefined || access === "public") return ["nobody"];
  if (access === "super_admin") return [WITHIN_A_COMPANY.has(nameOf(route)) ? "visiting_admin" : "super_admin"];
  // What is for whoever is signed in is about the person who asks, so each has something of their own there.
  if (access === "signed_in") return ["owner"];
  return isForKeys(access) ? ["owner", "key", "visiting_admin"] : ["owner", "visiting_admin"];
}

/** The headers by which somebody is known; a user has a new session each time. */
export async function headersOf(
  api: TestApi,
  caller: Caller,
  tenant: SeededTenant,
  userId: string = tenant.things.owner,
): Promise<Record<string, string>> {
  if (caller === "nobody") return {};
  if (caller === "key") return { "x-api-key": tenant.key };
  if (caller === "super_admin" || caller === "visiting_admin") {
    const bearer = await api.bearer({ tenantId: null, isSuperAdmin: true });
    return caller === "super_admin" ? bearer : { ...bearer, "x-tenant-id": tenant.things.tenant };
  }
  return api.bearer({ tenantId: tenant.things.tenant, userId });
}

/** A call in which nothing is left to be filled in. */
export interface Call {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: Json | undefined;
  headers?: Record<string, string>;
}

export function callRoute(
  api: Pick<TestApi, "app">,
  route: Pick<TestRoute, "method" | "path">,
  { params = {}, query = {}, body, headers = {} }: Call,
): Promise<LightMyRequestResponse> {
  return sendRaw(api, route, { params, query, text: body === undefined ? undefined : JSON.stringify(body), headers });
}

/** What is swapped for a strange thing, and the things to take it from. */
export interface Swap {
  slots: readonly Slot[];
  things: Things;
}

/**
 * The call that an aim describes, with the things of the tenant and what `spare` made, but for the slots that are
 * swapped. Filters are in it only where they are swapped or named in `filters`.
 */
export function aimedCall(
  { params = {}, query = {}, required = {} }: Aim,
  body: JsonObject | undefined,
  own: { tenant: SeededTenant; spare: Spare; filters?: readonly string[] },
  swap?: Swap,
): Call {
  const { tenant, spare, filters = [] } = own;
  const things: Things = { ...tenant.things, ...spare.things };
  const wordIn = (place: Slot["place"], word: string, path: string): string | undefined => {
    if (!isKind(word)) return spare.words?.[word];
    const isSwapped = swap?.slots.some((slot) => slot.place === place && slot.path === path) ?? false;
    return (isSwapped && swap ? swap.things : things)[word];
  };
  const named = (place: "params" | "query", kinds: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, wordIn(place, kind, name) ?? ""]));
  const swappedFilters = swap?.slots.filter(({ place }) => place === "query").map(({ path }) => path) ?? [];
  const asked = Object.entries(query).filter(([name]) => filters.includes(name) || swappedFilters.includes(name));
  return {
    params: named("params", params),
    query: named("query", { ...required, ...Object.fromEntries(asked) }),
    ...(body && { body: fill(body, (word, path) => wordIn("body", word, path)) }),
  };
}
