import type { Aim } from "./aim.fixture.ts";
import {
  spareCaller,
  spareInbox,
  spareInvitation,
  spareMember,
  spareMessage,
  sparePasswordReset,
  spareRawEvent,
  spareRefreshToken,
  spareSession,
  spareTeam,
  spareTeamMember,
} from "./spares.fixture.ts";

const noTeamsYet = { teamId: "conversations and tickets have no teams yet" };

/**
 * How each route of the API is called. A route that is added is to be aimed here: every parameter, filter and field
 * that takes an id, or anything else of a company, names its kind.
 */
export const AIMS: Record<string, Aim> = {
  "GET /api-keys": {},
  "POST /api-keys": { bodies: [{ name: "Shop", scopes: ["tickets.read"] }] },
  "DELETE /api-keys/:id": { params: { id: "apiKey" } },
  "GET /audit-log": { query: { action: "canary", actorId: "owner", subjectType: "canary", subjectId: "canary" } },
  "GET /audit-log/export": {
    query: { action: "canary", actorId: "owner", subjectType: "canary", subjectId: "canary" },
  },
  "POST /auth/accept-invitation": {
    spare: spareInvitation,
    bodies: [{ token: "{token}", fullName: "Guest", password: "{fresh}" }],
  },
  "POST /auth/change-password": {
    spare: spareCaller,
    bodies: [{ currentPassword: "{password}", newPassword: "{fresh}" }],
  },
  // Whoever forgets a password need not be signed in, so the e-mail of any company's user is as good as one's own.
  "POST /auth/forgot-password": { bodies: [{ email: "{fresh}@users.example" }] },
  "GET /auth/me": {},
  // Few bodies: each is tried with wrong e-mails and passwords, and an account is locked after five failures.
  "POST /auth/login": {
    bodies: [
      { email: "{email}", password: "{password}" },
      { email: "{email}", password: "{password}", tenantId: "{tenant}" },
    ],
  },
  "POST /auth/logout": { spare: spareRefreshToken, bodies: [{ refreshToken: "{token}" }] },
  "POST /auth/refresh": { spare: spareRefreshToken, bodies: [{ refreshToken: "{token}" }] },
  "POST /auth/register": {
    bodies: [
      { tenantName: "Company {fresh}", email: "{fresh}@users.example", password: "{fresh}", fullName: "Somebody New" },
    ],
  },
  "POST /auth/reset-password": { spare: sparePasswordReset, bodies: [{ token: "{token}", newPassword: "{fresh}" }] },
  "GET /auth/sessions": {},
  "DELETE /auth/sessions": { spare: spareCaller },
  "DELETE /auth/sessions/:id": { spare: spareSession, params: { id: "session" } },
  "POST /auth/switch": { bodies: [{ tenantId: "{tenant}" }, { tenantId: "{branch}" }] },
  "GET /contacts": { query: { search: "canary" } },
  "GET /contacts/:id": { params: { id: "contact" } },
  "GET /conversations": {
    query: { inboxId: "inbox", assigneeId: "member", teamId: "team", tag: "canary", search: "canary" },
    findsNothing: noTeamsYet,
  },
  "POST /conversations": {
    bodies: [
      { inboxId: "{inbox}", contactId: "{contact}" },
      { inboxId: "{inbox}", to: "{phone}" },
    ],
  },
  "GET /conversations/:id": { params: { id: "conversation" } },
  "PATCH /conversations/:id": {
    params: { id: "conversation" },
    bodies: [{ status: "open", assigneeId: "{member}", tags: ["{canary}"] }],
  },
  "GET /conversations/:id/messages": { params: { id: "conversation" } },
  "POST /conversations/:id/messages": {
    params: { id: "conversation" },
    bodies: [{ type: "text", text: "Hello", replyToMessageId: "{inbound}" }],
  },
  "GET /inboxes": {},
  "POST /inboxes": {
    bodies: [
      {
        name: "WhatsApp",
        channel: "whatsapp",
        externalId: "{digits}",
        config: { wabaId: "1", unknownOutcome: { afterMinutes: 10, then: "hold" } },
        credentials: { accessToken: "token" },
      },
    ],
  },
  "GET /inboxes/:id": { params: { id: "inbox" } },
  "PATCH /inboxes/:id": {
    params: { id: "inbox" },
    bodies: [{ name: "{canary}", config: { messagesPerSecond: 10 }, credentials: { verifyToken: null } }],
  },
  "DELETE /inboxes/:id": { spare: spareInbox, params: { id: "inbox" } },
  "GET /invitations": {},
  "POST /invitations": { bodies: [{ email: "{fresh}@users.example", role: "agent" }] },
  "DELETE /invitations/:id": { spare: spareInvitation, params: { id: "invitation" } },
  "GET /messages": { query: { conversationId: "conversation" } },
  "POST /messages": { bodies: [{ inboxId: "{inbox}", to: "{phone}", type: "text", text: "Hello" }] },
  "GET /messages/:id": { params: { id: "message" } },
  "GET /messages/:id/attempts": { params: { id: "message" } },
  "POST /messages/:id/retry": {
    spare: spareMessage,
    params: { id: "message" },
    bodies: [{ acceptDuplicate: true }],
  },
  "GET /platform-audit-log": {
    query: { actorId: "owner" },
    findsNothing: { actorId: "what people of companies do is in their companies' logs" },
  },
  "GET /raw-events": { query: { inboxId: "inbox" } },
  "GET /raw-events/:id": { params: { id: "rawEvent" } },
  "POST /raw-events/:id/replay": { spare: spareRawEvent, params: { id: "rawEvent" } },
  "GET /raw-events/stats": {},
  "GET /settings": {},
  "PATCH /settings": {
    bodies: [
      {
        defaultInboxId: "{inbox}",
        timeZone: "Europe/Paris",
        languages: ["fr", "en"],
        businessHours: { monday: [{ from: "09:00", to: "17:30" }] },
        holidays: [{ date: "2026-12-25", name: "Christmas" }],
      },
    ],
  },
  "GET /teams": { query: { search: "canary" } },
  "POST /teams": { bodies: [{ name: "Team {fresh}", description: "What it does" }] },
  "GET /teams/:id": { params: { id: "team" } },
  "PATCH /teams/:id": { params: { id: "team" }, bodies: [{ name: "Team {canary}", description: null }] },
  "DELETE /teams/:id": { spare: spareTeam, params: { id: "team" } },
  "GET /teams/:id/members": { params: { id: "team" } },
  "POST /teams/:id/members": {
    spare: spareMember,
    params: { id: "team" },
    bodies: [{ userId: "{member}", role: "lead" }],
  },
  "PATCH /teams/:id/members/:userId": {
    spare: spareTeamMember,
    params: { id: "team", userId: "member" },
    bodies: [{ role: "lead" }],
  },
  "DELETE /teams/:id/members/:userId": { spare: spareTeamMember, params: { id: "team", userId: "member" } },
  "GET /tenants": { query: { search: "canary" } },
  "POST /tenants": { bodies: [{ name: "Company {fresh}", slug: "slug-{fresh}", plan: "pro", status: "trial" }] },
  "PATCH /tenants/:id": { params: { id: "tenant" }, bodies: [{ name: "Company {canary}", status: "active" }] },
  "GET /tenants/current": {},
  "PATCH /tenants/current": { bodies: [{ name: "Company {canary}" }] },
  "GET /tickets": {
    query: { assigneeId: "member", teamId: "team", tag: "canary", search: "canary" },
    findsNothing: noTeamsYet,
  },
  "GET /tickets/:id": { params: { id: "ticket" } },
  "GET /tickets/:id/events": { params: { id: "ticket" } },
  "GET /tickets/:id/messages": { params: { id: "ticket" } },
  "POST /tickets/:id/messages": { params: { id: "ticket" }, bodies: [{ body: "Hello", isInternal: true }] },
  "GET /users": { query: { search: "canary", teamId: "team" } },
  "GET /users/:id": { params: { id: "member" } },
  "PATCH /users/:id": { params: { id: "member" }, bodies: [{ role: "agent", capacity: 5, availability: "online" }] },
  "DELETE /users/:id": { spare: spareMember, params: { id: "member" } },
  "PATCH /users/me": { bodies: [{ availability: "away" }] },
};
