import type { Action } from "@parley/core/context";
import { newId } from "@parley/runtime";
import { buildTenant } from "@parley/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi, type TestRoute } from "../api.fixture.ts";
import type { RouteAccess } from "../auth/authentication.ts";

const ROLES = ["AGENT", "MANAGER", "ADMIN", "OWNER"] as const;
type Role = (typeof ROLES)[number];

/**
 * Who may call what: the action and the least role that may, or who else. Nothing here comes from the permission table, so
 * a route that is added, or whose access changes, or an action that others may, is to be written here as well.
 */
const ACCESS: Record<string, Exclude<RouteAccess, Action> | readonly [action: Action, least: Role]> = {
  "GET /ai/calls": ["ai_calls.read", "MANAGER"],
  "POST /ai/conversations/:id/hold": ["ai_turns.change", "AGENT"],
  "POST /ai/conversations/:id/release": ["ai_turns.change", "AGENT"],
  "POST /ai/conversations/:id/suggest": ["ai.use", "AGENT"],
  "GET /ai/conversations/:id/turn": ["conversations.read", "AGENT"],
  "GET /ai/drafts": ["ai_drafts.read", "AGENT"],
  "GET /ai/drafts/:id": ["ai_drafts.read", "AGENT"],
  "POST /ai/drafts/:id/accept": ["ai_drafts.decide", "AGENT"],
  "POST /ai/drafts/:id/reject": ["ai_drafts.decide", "AGENT"],
  "GET /ai/messages/:id/understanding": ["messages.read", "AGENT"],
  "GET /ai/settings": ["ai_settings.read", "MANAGER"],
  "PATCH /ai/settings": ["ai_settings.manage", "ADMIN"],
  "GET /ai/snippets": ["snippets.read", "AGENT"],
  "POST /ai/snippets": ["snippets.manage", "MANAGER"],
  "GET /ai/snippets/:id": ["snippets.read", "AGENT"],
  "PATCH /ai/snippets/:id": ["snippets.manage", "MANAGER"],
  "DELETE /ai/snippets/:id": ["snippets.manage", "MANAGER"],
  "GET /ai/snippets/search": ["snippets.read", "AGENT"],
  "GET /ai/spend": ["ai_calls.read", "MANAGER"],
  "POST /ai/tickets/:id/summary": ["ai.use", "AGENT"],
  "POST /ai/translate": ["ai.use", "AGENT"],
  "POST /ai/understand": ["ai.use", "AGENT"],
  "GET /ai/executions": ["ai_rules.read", "AGENT"],
  "GET /ai/executions/:id": ["ai_rules.read", "AGENT"],
  "GET /ai/rules": ["ai_rules.read", "AGENT"],
  "POST /ai/rules": ["ai_rules.manage", "MANAGER"],
  "GET /ai/rules/:id": ["ai_rules.read", "AGENT"],
  "PATCH /ai/rules/:id": ["ai_rules.manage", "MANAGER"],
  "DELETE /ai/rules/:id": ["ai_rules.manage", "MANAGER"],
  "GET /ai/rules/:id/diff": ["ai_rules.read", "AGENT"],
  "POST /ai/rules/:id/resume": ["ai_rules.manage", "MANAGER"],
  "POST /ai/rules/:id/rollback": ["ai_rules.manage", "MANAGER"],
  "POST /ai/rules/:id/simulate": ["ai_rules.manage", "MANAGER"],
  "GET /ai/rules/:id/versions": ["ai_rules.read", "AGENT"],
  "GET /analytics/backlog": ["reports.read", "MANAGER"],
  "GET /analytics/export": ["reports.read", "MANAGER"],
  "GET /analytics/load": ["reports.read", "MANAGER"],
  "GET /analytics/messages": ["reports.read", "MANAGER"],
  "GET /analytics/overview": ["reports.read", "MANAGER"],
  "GET /analytics/responses": ["reports.read", "MANAGER"],
  "GET /analytics/satisfaction": ["reports.read", "MANAGER"],
  "GET /analytics/tickets": ["reports.read", "MANAGER"],
  "GET /api-keys": ["api_keys.manage", "ADMIN"],
  "POST /api-keys": ["api_keys.manage", "ADMIN"],
  "DELETE /api-keys/:id": ["api_keys.manage", "ADMIN"],
  "GET /assignment-policies": ["assignment.read", "AGENT"],
  "POST /assignment-policies": ["assignment.manage", "MANAGER"],
  "GET /assignment-policies/:id": ["assignment.read", "AGENT"],
  "PATCH /assignment-policies/:id": ["assignment.manage", "MANAGER"],
  "DELETE /assignment-policies/:id": ["assignment.manage", "MANAGER"],
  "GET /audit-log": ["audit.read", "ADMIN"],
  "GET /audit-log/export": ["audit.read", "ADMIN"],
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
  "GET /billing/invoices": ["billing.read", "MANAGER"],
  "GET /billing/invoices/:period": ["billing.read", "MANAGER"],
  "POST /billing/invoices/:period/credit-notes": "super_admin",
  "POST /billing/invoices/:period/pay": ["billing.pay", "OWNER"],
  "GET /billing/ledger": ["billing.read", "MANAGER"],
  "GET /billing/ledger/export": ["billing.read", "MANAGER"],
  "GET /billing/periods": ["billing.read", "MANAGER"],
  "POST /billing/periods/:period/close": "super_admin",
  "GET /billing/plan": ["billing.read", "MANAGER"],
  "PATCH /billing/plan": "super_admin",
  "GET /billing/plans": ["billing.read", "MANAGER"],
  "GET /billing/tickets/:id": ["billing.read", "MANAGER"],
  "GET /billing/usage": ["billing.read", "MANAGER"],
  "GET /bulk-jobs": ["bulk.run", "MANAGER"],
  "POST /bulk-jobs": ["bulk.run", "MANAGER"],
  "GET /bulk-jobs/:id": ["bulk.run", "MANAGER"],
  "POST /bulk-jobs/:id/cancel": ["bulk.run", "MANAGER"],
  "POST /bulk-jobs/:id/pause": ["bulk.run", "MANAGER"],
  "POST /bulk-jobs/:id/resume": ["bulk.run", "MANAGER"],
  "GET /bulk-jobs/:id/rows": ["bulk.run", "MANAGER"],
  "GET /canned-replies": ["canned_replies.read", "AGENT"],
  "POST /canned-replies": ["canned_replies.manage", "MANAGER"],
  "GET /canned-replies/:id": ["canned_replies.read", "AGENT"],
  "PATCH /canned-replies/:id": ["canned_replies.manage", "MANAGER"],
  "DELETE /canned-replies/:id": ["canned_replies.manage", "MANAGER"],
  "POST /canned-replies/:id/render": ["canned_replies.read", "AGENT"],
  "GET /contact-attributes": ["contact_attributes.read", "AGENT"],
  "POST /contact-attributes": ["contact_attributes.manage", "ADMIN"],
  "GET /contact-attributes/:id": ["contact_attributes.read", "AGENT"],
  "PATCH /contact-attributes/:id": ["contact_attributes.manage", "ADMIN"],
  "DELETE /contact-attributes/:id": ["contact_attributes.manage", "ADMIN"],
  "GET /contacts": ["contacts.read", "AGENT"],
  "POST /contacts": ["contacts.change", "AGENT"],
  "GET /contacts/:id": ["contacts.read", "AGENT"],
  "PATCH /contacts/:id": ["contacts.change", "AGENT"],
  "DELETE /contacts/:id": ["contacts.delete", "MANAGER"],
  "PUT /contacts/:id/block": ["contacts.block", "AGENT"],
  "DELETE /contacts/:id/block": ["contacts.block", "AGENT"],
  "POST /contacts/:id/merge": ["contacts.merge", "AGENT"],
  "GET /contacts/:id/merges": ["contacts.read", "AGENT"],
  "GET /contacts/export": ["contacts.export", "MANAGER"],
  "POST /contacts/import": ["contacts.import", "MANAGER"],
  "GET /contacts/imports": ["contacts.import", "MANAGER"],
  "GET /contacts/imports/:id": ["contacts.import", "MANAGER"],
  "POST /contacts/imports/:id/cancel": ["contacts.import", "MANAGER"],
  "GET /contacts/imports/:id/errors": ["contacts.import", "MANAGER"],
  "POST /contacts/imports/:id/pause": ["contacts.import", "MANAGER"],
  "POST /contacts/imports/:id/resume": ["contacts.import", "MANAGER"],
  "POST /contacts/imports/:id/run": ["contacts.import", "MANAGER"],
  "POST /contacts/:id/data-exports": ["personal_data.export", "ADMIN"],
  "POST /contacts/:id/erase": ["personal_data.erase", "ADMIN"],
  "GET /data-exports": ["personal_data.export", "ADMIN"],
  "GET /data-exports/:id": ["personal_data.export", "ADMIN"],
  "GET /data-exports/:id/archive": ["personal_data.export", "ADMIN"],
  "GET /erasures": ["personal_data.erase", "ADMIN"],
  "GET /erasures/:id": ["personal_data.erase", "ADMIN"],
  "GET /contacts/lookup": ["contacts.read", "AGENT"],
  "POST /contacts/merges/:id/undo": ["contacts.merge", "AGENT"],
  "GET /contacts/tags": ["contacts.read", "AGENT"],
  "GET /conversations": ["conversations.read", "AGENT"],
  "POST /conversations": ["conversations.change", "AGENT"],
  "GET /conversations/:id": ["conversations.read", "AGENT"],
  "PATCH /conversations/:id": ["conversations.change", "AGENT"],
  "GET /conversations/:id/draft": "signed_in",
  "PUT /conversations/:id/draft": "signed_in",
  "DELETE /conversations/:id/draft": "signed_in",
  "GET /conversations/:id/messages": ["messages.read", "AGENT"],
  "POST /conversations/:id/messages": ["messages.send", "AGENT"],
  "GET /events": ["events.read", "AGENT"],
  "PUT /conversations/:id/presence": "signed_in",
  "DELETE /conversations/:id/presence": "signed_in",
  "POST /conversations/:id/read": "signed_in",
  "POST /conversations/:id/unread": "signed_in",
  "GET /inboxes": ["inboxes.read", "AGENT"],
  "POST /inboxes": ["inboxes.manage", "ADMIN"],
  "GET /inboxes/:id": ["inboxes.read", "AGENT"],
  "PATCH /inboxes/:id": ["inboxes.manage", "ADMIN"],
  "DELETE /inboxes/:id": ["inboxes.manage", "ADMIN"],
  "GET /invitations": ["invitations.manage", "ADMIN"],
  "POST /invitations": ["invitations.manage", "ADMIN"],
  "DELETE /invitations/:id": ["invitations.manage", "ADMIN"],
  "GET /mentions": "signed_in",
  "GET /macros": ["macros.read", "AGENT"],
  "POST /macros": ["macros.manage", "MANAGER"],
  "GET /macros/:id": ["macros.read", "AGENT"],
  "PATCH /macros/:id": ["macros.manage", "MANAGER"],
  "DELETE /macros/:id": ["macros.manage", "MANAGER"],
  "GET /messages": ["messages.read", "AGENT"],
  "POST /messages": ["messages.send", "AGENT"],
  "GET /messages/:id": ["messages.read", "AGENT"],
  "PATCH /messages/:id": ["messages.send", "AGENT"],
  "GET /messages/:id/attachments/:attachmentId": ["messages.read", "AGENT"],
  "POST /messages/:id/attachments/:attachmentId/fetch": ["messages.send", "AGENT"],
  "GET /messages/:id/attempts": ["messages.read", "AGENT"],
  "POST /messages/:id/cancel": ["messages.send", "AGENT"],
  "POST /messages/:id/retry": ["messages.send", "AGENT"],
  "GET /platform-audit-log": "super_admin",
  "GET /raw-events": ["raw_events.read", "AGENT"],
  "GET /raw-events/:id": ["raw_events.read", "AGENT"],
  "POST /raw-events/:id/replay": ["raw_events.replay", "ADMIN"],
  "GET /raw-events/stats": ["raw_events.read", "AGENT"],
  "GET /search": ["search.use", "AGENT"],
  "GET /segments": ["segments.read", "AGENT"],
  "POST /segments": "signed_in",
  "GET /segments/:id": ["segments.read", "AGENT"],
  "PATCH /segments/:id": "signed_in",
  "DELETE /segments/:id": "signed_in",
  "GET /segments/:id/count": ["segments.read", "AGENT"],
  "GET /settings": ["settings.read", "AGENT"],
  "PATCH /settings": ["settings.change", "ADMIN"],
  "GET /sla/auto-close": ["sla.read", "AGENT"],
  "PATCH /sla/auto-close": ["sla.manage", "MANAGER"],
  "GET /sla/channel-defaults": ["sla.read", "AGENT"],
  "POST /sla/channel-defaults/adopt": ["sla.manage", "MANAGER"],
  "GET /sla/policies": ["sla.read", "AGENT"],
  "POST /sla/policies": ["sla.manage", "MANAGER"],
  "GET /sla/policies/:id": ["sla.read", "AGENT"],
  "PATCH /sla/policies/:id": ["sla.manage", "MANAGER"],
  "DELETE /sla/policies/:id": ["sla.manage", "MANAGER"],
  "GET /sla/progress": ["sla.read", "AGENT"],
  "GET /sla/reports/attainment": ["sla.report", "MANAGER"],
  "GET /surveys": ["tickets.read", "AGENT"],
  "GET /surveys/summary": ["tickets.read", "AGENT"],
  "GET /teams": ["teams.read", "AGENT"],
  "POST /teams": ["teams.manage", "MANAGER"],
  "GET /teams/:id": ["teams.read", "AGENT"],
  "PATCH /teams/:id": ["teams.manage", "MANAGER"],
  "DELETE /teams/:id": ["teams.manage", "MANAGER"],
  "GET /teams/:id/members": ["teams.read", "AGENT"],
  "POST /teams/:id/members": ["teams.read", "AGENT"],
  "PATCH /teams/:id/members/:userId": ["teams.read", "AGENT"],
  "DELETE /teams/:id/members/:userId": ["teams.read", "AGENT"],
  "GET /tenants": "signed_in",
  "POST /tenants": "super_admin",
  "PATCH /tenants/:id": "super_admin",
  "GET /tenants/:id/rebuilds": "super_admin",
  "POST /tenants/:id/rebuilds": "super_admin",
  "GET /tenants/current": ["tenant.read", "AGENT"],
  "PATCH /tenants/current": ["tenant.change", "ADMIN"],
  "GET /ticket-attributes": ["ticket_attributes.read", "AGENT"],
  "POST /ticket-attributes": ["ticket_attributes.manage", "ADMIN"],
  "GET /ticket-attributes/:id": ["ticket_attributes.read", "AGENT"],
  "PATCH /ticket-attributes/:id": ["ticket_attributes.manage", "ADMIN"],
  "DELETE /ticket-attributes/:id": ["ticket_attributes.manage", "ADMIN"],
  "GET /tickets": ["tickets.read", "AGENT"],
  "POST /tickets": ["tickets.change", "AGENT"],
  "PATCH /tickets/:id": ["tickets.change", "AGENT"],
  "POST /tickets/:id/assign": ["tickets.change", "AGENT"],
  "POST /tickets/:id/snooze": ["tickets.change", "AGENT"],
  "DELETE /tickets/:id/snooze": ["tickets.change", "AGENT"],
  "GET /tickets/:id": ["tickets.read", "AGENT"],
  "GET /tickets/:id/events": ["tickets.read", "AGENT"],
  "GET /tickets/:id/followers": ["tickets.read", "AGENT"],
  "PUT /tickets/:id/followers/:userId": ["tickets.change", "AGENT"],
  "DELETE /tickets/:id/followers/:userId": ["tickets.change", "AGENT"],
  "GET /tickets/:id/links": ["tickets.read", "AGENT"],
  "PUT /tickets/:id/links/:linkedId": ["tickets.change", "AGENT"],
  "DELETE /tickets/:id/links/:linkedId": ["tickets.change", "AGENT"],
  "POST /tickets/:id/merge": ["tickets.change", "AGENT"],
  "POST /tickets/:id/macros/:macroId": ["tickets.change", "AGENT"],
  "GET /tickets/:id/messages": ["messages.read", "AGENT"],
  "POST /tickets/:id/messages": ["messages.send", "AGENT"],
  "POST /tickets/:id/split": ["tickets.change", "AGENT"],
  "POST /tickets/next": "signed_in",
  "GET /users": ["members.read", "AGENT"],
  "GET /users/:id": ["members.read", "AGENT"],
  "PATCH /users/:id": ["members.manage", "ADMIN"],
  "DELETE /users/:id": ["members.manage", "ADMIN"],
  "PATCH /users/me": "signed_in",
  "GET /views": ["views.read", "AGENT"],
  "POST /views": "signed_in",
  "GET /views/counts": ["views.read", "AGENT"],
  "GET /views/:id": ["views.read", "AGENT"],
  "PATCH /views/:id": "signed_in",
  "DELETE /views/:id": "signed_in",
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
  const declared = Object.entries(ACCESS).map(([name, access]) => [name, [access].flat()[0]]);
  expect(Object.fromEntries(routes.map((route) => [nameOf(route), route.access]))).toEqual(
    Object.fromEntries(declared),
  );
});

test("nobody gets past a route without a token, unless it is public", async () => {
  for (const route of routes.filter(({ access }) => access !== "public")) {
    expect([nameOf(route), await call(route, {})]).toEqual([nameOf(route), 401]);
  }
});

describe.each(ROLES)("as %s", (role) => {
  test("every route is refused that the table leaves to a higher role, and no other", async () => {
    const bearer = await api.bearer({ tenantId, role });
    for (const route of routes) {
      const access = ACCESS[nameOf(route)];
      if (access === undefined || access === "public" || access === "signed_in") continue;
      const status = await call(route, bearer);
      const mayCall = access !== "super_admin" && ROLES.indexOf(role) >= ROLES.indexOf(access[1]);
      expect([nameOf(route), status === 403]).toEqual([nameOf(route), !mayCall]);
      expect([nameOf(route), status < 500]).toEqual([nameOf(route), true]);
    }
  });
});
