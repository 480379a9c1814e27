import { isAtLeast, PERMISSIONS } from "@parley/core/context";
import { newId } from "@parley/runtime";
import { buildTenant } from "@parley/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi, type TestRoute } from "../api.fixture.ts";
import type { RouteAccess } from "../auth/authentication.ts";

/** Who may call what. A route that is added, or whose access changes, is to be written here as well. */
const ACCESS: Record<string, RouteAccess> = {
  "GET /api-keys": "api_keys.manage",
  "POST /api-keys": "api_keys.manage",
  "DELETE /api-keys/:id": "api_keys.manage",
  "GET /audit-log": "audit.read",
  "GET /audit-log/export": "audit.read",
  "POST /auth/accept-invitation": "public",
  "POST /auth/change-password": "signed_in",
  "POST /auth/forgot-password": "public",
  "GET /auth/me": "signed_in",
  "POST /auth/login": "public",
  "POST /auth/logout": "public",
  "POST /auth/refresh": "public",
  "POST /auth/register": "public",
  "POST /auth/reset-password": "public",
  "GET /auth/sessions": "signed_in",
  "DELETE /auth/sessions": "signed_in",
  "DELETE /auth/sessions/:id": "signed_in",
  "POST /auth/switch": "signed_in",
  "GET /contacts": "contacts.read",
  "GET /contacts/:id": "contacts.read",
  "GET /conversations": "conversations.read",
  "POST /conversations": "conversations.change",
  "GET /conversations/:id": "conversations.read",
  "PATCH /conversations/:id": "conversations.change",
  "GET /conversations/:id/messages": "messages.read",
  "POST /conversations/:id/messages": "messages.send",
  "GET /inboxes": "inboxes.read",
  "POST /inboxes": "inboxes.manage",
  "GET /inboxes/:id": "inboxes.read",
  "PATCH /inboxes/:id": "inboxes.manage",
  "DELETE /inboxes/:id": "inboxes.manage",
  "GET /invitations": "invitations.manage",
  "POST /invitations": "invitations.manage",
  "DELETE /invitations/:id": "invitations.manage",
  "GET /messages": "messages.read",
  "POST /messages": "messages.send",
  "GET /messages/:id": "messages.read",
  "GET /messages/:id/attempts": "messages.read",
  "POST /messages/:id/retry": "messages.send",
  "GET /raw-events": "raw_events.read",
  "GET /raw-events/:id": "raw_events.read",
  "POST /raw-events/:id/replay": "raw_events.replay",
  "GET /raw-events/stats": "raw_events.read",
  "GET /settings": "settings.read",
  "PATCH /settings": "settings.change",
  "GET /teams": "teams.read",
  "POST /teams": "teams.manage",
  "GET /teams/:id": "teams.read",
  "PATCH /teams/:id": "teams.manage",
  "DELETE /teams/:id": "teams.manage",
  "GET /teams/:id/members": "teams.read",
  "POST /teams/:id/members": "teams.read",
  "PATCH /teams/:id/members/:userId": "teams.read",
  "DELETE /teams/:id/members/:userId": "teams.read",
  "GET /tenants": "signed_in",
  "POST /tenants": "super_admin",
  "PATCH /tenants/:id": "super_admin",
  "GET /tenants/current": "tenant.read",
  "PATCH /tenants/current": "tenant.change",
  "GET /tickets": "tickets.read",
  "GET /tickets/:id": "tickets.read",
  "GET /tickets/:id/events": "tickets.read",
  "GET /tickets/:id/messages": "messages.read",
  "POST /tickets/:id/messages": "messages.send",
  "GET /users": "members.read",
  "GET /users/:id": "members.read",
  "PATCH /users/:id": "members.manage",
  "DELETE /users/:id": "members.manage",
  "PATCH /users/me": "signed_in",
};

const PREFIX = "/api/v1";

let api: TestApi;
let tenantId: string;
let routes: TestRoute[];

beforeAll(async () => {
  api = await startTestApi();
  tenantId = (await buildTenant(api.context)).id;
  routes = api.routes.filter(({ path }) => path.startsWith(PREFIX));
});
afterAll(() => api.close());

const nameOf = ({ method, path }: TestRoute) => `${method} ${path.slice(PREFIX.length)}`;

/** With ids of nobody and without a body: what is allowed goes on to be not found, or not valid. */
async function call({ method, path }: TestRoute, headers: Record<string, string>): Promise<number> {
  const url = path.replace(/:\w+/g, () => newId());
  return (await api.app.inject({ method, url, headers })).statusCode;
}

test("every route of the API is in the table, with the access that it declares", () => {
  expect(Object.fromEntries(routes.map((route) => [nameOf(route), route.access]))).toEqual(ACCESS);
});

test("nobody gets past a route without a token, unless it is public", async () => {
  for (const route of routes.filter(({ access }) => access !== "public")) {
    expect([nameOf(route), await call(route, {})]).toEqual([nameOf(route), 401]);
  }
});

describe.each(["AGENT", "MANAGER", "ADMIN", "OWNER"] as const)("as %s", (role) => {
  test("every route is refused whose action the role does not hold, and no other", async () => {
    const bearer = await api.bearer({ tenantId, role });
    for (const route of routes) {
      const { access } = route;
      if (access === undefined || access === "public" || access === "signed_in") continue;
      const status = await call(route, bearer);
      const mayCall = access !== "super_admin" && isAtLeast(role, PERMISSIONS[access]);
      expect([nameOf(route), status === 403]).toEqual([nameOf(route), !mayCall]);
      expect([nameOf(route), status < 500]).toEqual([nameOf(route), true]);
    }
  });
});
