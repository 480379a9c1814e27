import type { Aim } from "./aim.fixture.ts";
import {
  spareCaller,
  spareFailedAttachment,
  spareInbox,
  spareInvitation,
  spareMember,
  spareMessage,
  sparePasswordReset,
  sparePolicy,
  sparePolicyScope,
  spareRawEvent,
  spareQueuedMessage,
  spareRefreshToken,
  spareScheduledMessage,
  spareSession,
  spareTeam,
  spareTeamMember,
  spareView,
} from "./spares.fixture.ts";
import {
  spareLink,
  sparePlace,
  spareThread,
  spareTicket,
  spareTicketAttribute,
  spareTickets,
} from "./spare-tickets.fixture.ts";
import {
  spareContact,
  spareContactAttribute,
  spareContactMerge,
  spareContacts,
  spareSegment,
} from "./spare-contacts.fixture.ts";
import { spareContactImport, spareDryRun } from "./spare-contact-imports.fixture.ts";
import { spareQuestion, spareSnippet } from "./spare-assistance.fixture.ts";
import { spareInvoice, sparePeriod } from "./spare-billing.fixture.ts";
import { spareRebuild } from "./spare-rebuilds.fixture.ts";
import { spareRule } from "./spare-rules.fixture.ts";
import { spareAdoptable, spareSlaPolicy } from "./spare-sla.fixture.ts";
import { spareBulkJob, spareCannedReply, spareMacro } from "./spare-tools.fixture.ts";
import { spareDraft } from "./spare-turns.fixture.ts";

/** A schedule with a filter that names whatever a filter can. */
const ALL_OF_A_SCHEDULE = {
  trigger: "schedule",
  schedule: {
    cron: "0 9 * * 1-5",
    filter: {
      inboxId: ["{inbox}"],
      assigneeId: "{member}",
      teamId: "{team}",
      contactId: "{contact}",
      tag: ["Late {canary}"],
    },
  },
  actions: [{ type: "escalate", teamId: "{team}", note: "For {{ contact.name }}" }],
};

/**
 * How each route of the API is called. A route that is added is to be aimed here: every parameter, filter and field
 * that takes an id, or anything else of a company, names its kind.
 */
export const AIMS: Record<string, Aim> = {
  "GET /ai/calls": { query: { task: "canary" } },
  "POST /ai/conversations/:id/hold": { params: { id: "conversation" } },
  "POST /ai/conversations/:id/release": { params: { id: "conversation" } },
  "POST /ai/conversations/:id/suggest": { spare: spareQuestion, params: { id: "conversation" } },
  "GET /ai/conversations/:id/turn": { params: { id: "conversation" } },
  "GET /ai/drafts": { query: { conversationId: "conversation", ticketId: "ticket" } },
  "GET /ai/drafts/:id": { params: { id: "aiDraft" } },
  "POST /ai/drafts/:id/accept": {
    spare: spareDraft,
    params: { id: "aiDraft" },
    bodies: [{}, { text: "Hello {canary}" }],
  },
  "POST /ai/drafts/:id/reject": { spare: spareDraft, params: { id: "aiDraft" }, bodies: [{ reason: "For {canary}" }] },
  "GET /ai/executions": { query: { ruleId: "rule", ticketId: "ticket", conversationId: "conversation" } },
  "GET /ai/executions/:id": { params: { id: "execution" } },
  "GET /ai/messages/:id/understanding": { params: { id: "inbound" } },
  "GET /ai/rules": { query: { search: "canary" } },
  "POST /ai/rules": {
    bodies: [
      {
        name: "Rule {fresh}",
        trigger: "incoming_message",
        conditions: {
          all: [
            { field: "message.text", operator: "contains", value: "Parcel {canary}" },
            { any: [{ field: "inbox.channel", operator: "equals", value: "whatsapp" }] },
          ],
        },
        actions: [
          { type: "assign_user", userId: "{member}" },
          { type: "send_reply", text: "Hello {{ contact.name }}" },
        ],
      },
      { name: "Rule {fresh}", ...ALL_OF_A_SCHEDULE },
    ],
  },
  "GET /ai/rules/:id": { params: { id: "rule" } },
  "PATCH /ai/rules/:id": {
    spare: spareRule,
    params: { id: "rule" },
    bodies: [
      { isActive: false, actions: [{ type: "assign_user", userId: "{member}" }] },
      { name: "Rule {fresh}", ...ALL_OF_A_SCHEDULE },
    ],
  },
  "DELETE /ai/rules/:id": { spare: spareRule, params: { id: "rule" } },
  "GET /ai/rules/:id/diff": { params: { id: "rule" } },
  "POST /ai/rules/:id/resume": { spare: spareRule, params: { id: "rule" } },
  "POST /ai/rules/:id/rollback": { spare: spareRule, params: { id: "rule" }, bodies: [{ version: 1 }] },
  "POST /ai/rules/:id/simulate": {
    params: { id: "rule" },
    bodies: [
      {
        messageIds: ["{inbound}"],
        definition: { actions: [{ type: "assign_user", userId: "{member}" }] },
      },
      { days: 30, definition: ALL_OF_A_SCHEDULE },
    ],
  },
  "GET /ai/rules/:id/versions": { params: { id: "rule" } },
  "GET /ai/settings": {},
  "PATCH /ai/settings": {
    bodies: [
      {
        handOffTeamId: "{team}",
        monthlyBudget: "1000",
        inputPrice: "0.15",
        outputPrice: "0.6",
        handOffIntents: ["complaint"],
      },
      { apiKey: "key-{fresh}", temperature: 0.5 },
    ],
  },
  "GET /ai/snippets": { query: { search: "canary", tag: "canary" } },
  "POST /ai/snippets": {
    bodies: [{ title: "Title {canary}", body: "Body {canary}", language: "en", tags: ["of {canary}"] }],
  },
  "GET /ai/snippets/:id": { params: { id: "snippet" } },
  "PATCH /ai/snippets/:id": { params: { id: "snippet" }, bodies: [{ title: "Title {canary}", isActive: true }] },
  "DELETE /ai/snippets/:id": { spare: spareSnippet, params: { id: "snippet" } },
  "GET /ai/snippets/search": { required: { q: "canary" } },
  "GET /ai/spend": {},
  "POST /ai/tickets/:id/summary": { params: { id: "ticket" } },
  "POST /ai/translate": {
    bodies: [
      { text: "Text {canary}", to: "fr" },
      { messageId: "{inbound}", to: "fr" },
    ],
  },
  "POST /ai/understand": { bodies: [{ text: "Text {canary}", channel: "whatsapp" }] },
  "GET /analytics/backlog": {},
  "GET /analytics/export": {},
  "GET /analytics/load": {},
  "GET /analytics/messages": {},
  "GET /analytics/overview": {},
  "GET /analytics/responses": {},
  "GET /analytics/satisfaction": {},
  "GET /analytics/tickets": {},
  "GET /api-keys": {},
  "POST /api-keys": { bodies: [{ name: "Shop", scopes: ["tickets.read"] }] },
  "DELETE /api-keys/:id": { params: { id: "apiKey" } },
  "GET /assignment-policies": { query: { inboxId: "inbox", teamId: "team" } },
  "POST /assignment-policies": {
    spare: sparePolicyScope,
    bodies: [
      { inboxId: "{inbox}", teamId: "{team}", method: "round_robin", isSticky: true },
      { teamId: "{team}", method: "manual" },
    ],
  },
  "GET /assignment-policies/:id": { params: { id: "policy" } },
  "PATCH /assignment-policies/:id": {
    params: { id: "policy" },
    bodies: [{ teamId: "{team}", method: "least_loaded", bySkills: true }],
  },
  "DELETE /assignment-policies/:id": { spare: sparePolicy, params: { id: "policy" } },
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
  "GET /billing/invoices": {},
  "GET /billing/invoices/:period": { params: { period: "period" } },
  "POST /billing/invoices/:period/credit-notes": {
    spare: spareInvoice,
    params: { period: "period" },
    bodies: [
      { reason: "For {canary}", amount: "1.50" },
      { reason: "For {canary}", lines: [{ position: 1, amount: "1.50" }] },
    ],
  },
  "POST /billing/invoices/:period/pay": { spare: spareInvoice, params: { period: "period" } },
  "GET /billing/ledger": { query: { period: "period", ticketId: "ticket" } },
  "GET /billing/ledger/export": { query: { period: "period", ticketId: "ticket" } },
  "GET /billing/periods": {},
  "POST /billing/periods/:period/close": { spare: sparePeriod, params: { period: "period" } },
  "GET /billing/plan": {},
  "PATCH /billing/plan": {
    bodies: [{ ticketMonthlyQuota: 1_000, hardLimitPolicy: "overage" }, { monthlyFee: "12.50" }],
  },
  "GET /billing/plans": {},
  "GET /billing/tickets/:id": { params: { id: "ticket" } },
  "GET /billing/usage": { required: { period: "period" } },
  "GET /bulk-jobs": {},
  "POST /bulk-jobs": {
    bodies: [
      {
        ticketIds: ["{ticket}"],
        change: { priority: "high", assigneeId: "{member}", teamId: "{team}", addTags: ["{canary}"] },
      },
      { filter: { inboxId: ["{inbox}"] }, change: { category: "{canary}" } },
      { filter: { assigneeId: "{member}" }, change: { removeTags: ["{canary}"] } },
      { filter: { teamId: "{team}" }, change: { status: "pending" } },
      { filter: { contactId: "{contact}" }, change: { teamId: null } },
      { filter: { tag: ["{canary}"] }, change: { assigneeId: null } },
    ],
  },
  "GET /bulk-jobs/:id": { params: { id: "bulkJob" } },
  "POST /bulk-jobs/:id/cancel": { spare: spareBulkJob, params: { id: "bulkJob" } },
  "POST /bulk-jobs/:id/pause": { spare: spareBulkJob, params: { id: "bulkJob" } },
  "POST /bulk-jobs/:id/resume": { spare: spareBulkJob, params: { id: "bulkJob" } },
  "GET /bulk-jobs/:id/rows": { params: { id: "bulkJob" } },
  "GET /canned-replies": { query: { search: "canary" } },
  "POST /canned-replies": { bodies: [{ shortcut: "{fresh}", title: "Reply", body: "Hello {{ contact.name }}" }] },
  "GET /canned-replies/:id": { params: { id: "cannedReply" } },
  "PATCH /canned-replies/:id": { params: { id: "cannedReply" }, bodies: [{ title: "Reply {canary}" }] },
  "DELETE /canned-replies/:id": { spare: spareCannedReply, params: { id: "cannedReply" } },
  "POST /canned-replies/:id/render": {
    params: { id: "cannedReply" },
    bodies: [{ ticketId: "{ticket}" }, { conversationId: "{conversation}" }],
  },
  "GET /contact-attributes": {},
  "POST /contact-attributes": {
    bodies: [{ key: "a_{fresh}", label: "Label {canary}", type: "choice", options: ["{canary}"] }],
  },
  "GET /contact-attributes/:id": { params: { id: "contactAttribute" } },
  "PATCH /contact-attributes/:id": {
    params: { id: "contactAttribute" },
    bodies: [{ label: "Label {canary}", options: ["{canary}"] }],
  },
  "DELETE /contact-attributes/:id": { spare: spareContactAttribute, params: { id: "contactAttribute" } },
  "GET /contacts/export": { query: { search: "canary", tag: "canary", inboxId: "inbox", segmentId: "segment" } },
  "POST /contacts/import": {
    bodies: [
      { csv: "email,name\n{fresh}@customers.example,Customer {canary}\n", fileName: "{canary}.csv" },
      {
        csv: "Mail;Who\n{fresh}@customers.example;{canary}\n",
        mapping: { Mail: "email", Who: "metadata.{canary}" },
        onMatch: "skip",
        dryRun: true,
      },
    ],
  },
  "GET /contacts/imports": {},
  "GET /contacts/imports/:id": { params: { id: "contactImport" } },
  "POST /contacts/imports/:id/cancel": { spare: spareContactImport, params: { id: "contactImport" } },
  "GET /contacts/imports/:id/errors": { params: { id: "contactImport" } },
  "POST /contacts/imports/:id/pause": { spare: spareContactImport, params: { id: "contactImport" } },
  "POST /contacts/imports/:id/resume": { spare: spareContactImport, params: { id: "contactImport" } },
  "POST /contacts/imports/:id/run": { spare: spareDryRun, params: { id: "contactImport" } },
  "GET /contacts": { query: { search: "canary", tag: "canary", inboxId: "inbox", segmentId: "segment" } },
  "POST /contacts": {
    bodies: [
      { name: "Customer {canary}", email: "{fresh}@customers.example", tags: ["of {canary}"] },
      { identifiers: [{ type: "external", value: "{fresh}" }], metadata: { of: "{canary}" }, ifKnown: "use" },
    ],
  },
  "GET /contacts/:id": { params: { id: "contact" } },
  "PATCH /contacts/:id": {
    params: { id: "contact" },
    bodies: [
      { name: "Customer {canary}", addTags: ["of {canary}"], removeTags: ["new"] },
      { email: "{fresh}@customers.example", metadata: { of: "{canary}" } },
    ],
  },
  "DELETE /contacts/:id": { spare: spareContact, params: { id: "contact" } },
  "PUT /contacts/:id/block": { params: { id: "contact" } },
  "DELETE /contacts/:id/block": { params: { id: "contact" } },
  "POST /contacts/:id/merge": {
    spare: spareContacts,
    params: { id: "contact" },
    bodies: [{ sourceId: "{otherContact}" }],
  },
  "POST /contacts/:id/data-exports": { params: { id: "contact" } },
  "POST /contacts/:id/erase": { spare: spareContact, params: { id: "contact" } },
  "GET /data-exports": { query: { contactId: "contact" } },
  "GET /data-exports/:id": { params: { id: "dataExport" } },
  "GET /data-exports/:id/archive": { params: { id: "dataExport" } },
  "GET /erasures": { query: { contactId: "contact" } },
  "GET /erasures/:id": { params: { id: "erasure" } },
  "GET /contacts/:id/merges": { params: { id: "contact" } },
  "GET /contacts/lookup": { required: { phone: "phone" } },
  "POST /contacts/merges/:id/undo": { spare: spareContactMerge, params: { id: "contactMerge" } },
  "GET /contacts/tags": {},
  "GET /conversations": {
    query: { inboxId: "inbox", assigneeId: "member", teamId: "team", tag: "canary", search: "canary" },
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
    bodies: [{ status: "open", assigneeId: "{member}", teamId: "{team}", isMuted: false, tags: ["{canary}"] }],
  },
  "GET /conversations/:id/draft": { params: { id: "conversation" } },
  "PUT /conversations/:id/draft": {
    params: { id: "conversation" },
    bodies: [{ body: "Hel", replyToMessageId: "{inbound}" }],
  },
  "DELETE /conversations/:id/draft": { params: { id: "conversation" } },
  "GET /conversations/:id/messages": { params: { id: "conversation" } },
  "POST /conversations/:id/messages": {
    params: { id: "conversation" },
    bodies: [
      { type: "text", text: "Hello", replyToMessageId: "{inbound}", undoSeconds: 5, fromDraft: false },
      { type: "text", text: "Hello", isInternal: true, mentions: ["{member}"] },
    ],
  },
  "PUT /conversations/:id/presence": { params: { id: "conversation" }, bodies: [{ state: "typing" }] },
  "DELETE /conversations/:id/presence": { params: { id: "conversation" } },
  "POST /conversations/:id/read": { params: { id: "conversation" } },
  "POST /conversations/:id/unread": { params: { id: "conversation" } },
  "GET /events": {},
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
  "GET /macros": { query: { search: "canary" } },
  "POST /macros": {
    bodies: [
      {
        name: "Macro {fresh}",
        actions: [
          { type: "assign_user", userId: "{member}" },
          { type: "add_note", text: "For {{ contact.name }}" },
        ],
      },
      { name: "Macro {fresh}", actions: [{ type: "assign_team", teamId: "{team}" }] },
    ],
  },
  "GET /macros/:id": { params: { id: "macro" } },
  "PATCH /macros/:id": {
    spare: spareMacro,
    params: { id: "macro" },
    bodies: [
      { actions: [{ type: "assign_user", userId: "{member}" }] },
      { name: "Macro {fresh}", actions: [{ type: "assign_team", teamId: "{team}" }] },
    ],
  },
  "DELETE /macros/:id": { spare: spareMacro, params: { id: "macro" } },
  "GET /mentions": {},
  "GET /messages": { query: { conversationId: "conversation" } },
  "POST /messages": { bodies: [{ inboxId: "{inbox}", to: "{phone}", type: "text", text: "Hello" }] },
  "GET /messages/:id": { params: { id: "message" } },
  "PATCH /messages/:id": { spare: spareScheduledMessage, params: { id: "message" }, bodies: [{ sendAt: "{soon}" }] },
  "GET /messages/:id/attempts": { params: { id: "message" } },
  "GET /messages/:id/attachments/:attachmentId": { params: { id: "inbound", attachmentId: "attachment" } },
  "POST /messages/:id/attachments/:attachmentId/fetch": {
    spare: spareFailedAttachment,
    params: { id: "inbound", attachmentId: "attachment" },
  },
  "POST /messages/:id/cancel": { spare: spareQueuedMessage, params: { id: "message" } },
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
  "GET /search": {
    required: { q: "canary" },
    query: { inboxId: "inbox", assigneeId: "member", tag: "canary" },
  },
  "GET /segments": {},
  "POST /segments": {
    bodies: [{ name: "Segment {canary}", filter: { tag: ["{canary}"], inboxId: ["{inbox}"] }, isShared: true }],
  },
  "GET /segments/:id": { params: { id: "segment" } },
  "PATCH /segments/:id": {
    params: { id: "segment" },
    bodies: [{ name: "Segment {canary}", filter: { inboxId: ["{inbox}"], search: "{canary}" } }],
  },
  "DELETE /segments/:id": { spare: spareSegment, params: { id: "segment" } },
  "GET /segments/:id/count": { params: { id: "segment" } },
  "GET /settings": {},
  "PATCH /settings": {
    bodies: [
      {
        defaultInboxId: "{inbox}",
        timeZone: "Europe/Paris",
        languages: ["fr", "en"],
        businessHours: { monday: [{ from: "09:00", to: "17:30" }] },
        holidays: [{ date: "2026-12-25", name: "Christmas" }],
        survey: { isEnabled: true, thanks: "Merci !", translations: { en: { question: "How was it?" } } },
      },
    ],
  },
  "GET /sla/auto-close": {},
  "PATCH /sla/auto-close": {
    bodies: [
      {
        rules: [
          {
            status: "waiting_customer",
            afterSeconds: 259_200,
            closesAs: "resolved",
            noticeSeconds: 86_400,
            noticeText: "Notice {canary}",
          },
        ],
      },
    ],
  },
  "GET /sla/channel-defaults": {},
  "POST /sla/channel-defaults/adopt": { spare: spareAdoptable, bodies: [{ channels: ["amazon"] }] },
  "GET /sla/policies": {},
  "POST /sla/policies": {
    bodies: [
      {
        name: "Policy {fresh}",
        match: { inboxIds: ["{inbox}"], tags: ["of {canary}"] },
        clock: "business_hours",
        targets: { default: { firstResponseSeconds: 3_600 }, byPriority: { urgent: { resolutionSeconds: 7_200 } } },
        pauseIn: ["waiting_customer"],
        warnAtPercent: 80,
        escalations: [
          { on: "warning", actions: [{ type: "notify_user", userId: "{member}" }] },
          { on: "breach", afterSeconds: 60, actions: [{ type: "assign_team", teamId: "{team}" }] },
        ],
      },
      {
        name: "Policy {fresh}",
        targets: { default: { resolutionSeconds: 3_600 } },
        escalations: [{ on: "breach", actions: [{ type: "assign_team", teamId: "{team}" }] }],
      },
    ],
  },
  "GET /sla/policies/:id": { params: { id: "slaPolicy" } },
  "PATCH /sla/policies/:id": {
    spare: spareSlaPolicy,
    params: { id: "slaPolicy" },
    bodies: [
      {
        match: { inboxIds: ["{inbox}"] },
        escalations: [{ on: "breach", actions: [{ type: "assign_user", userId: "{member}" }] }],
      },
      {
        name: "Policy {fresh}",
        escalations: [{ on: "breach", actions: [{ type: "assign_team", teamId: "{team}" }] }],
      },
    ],
  },
  "DELETE /sla/policies/:id": { spare: spareSlaPolicy, params: { id: "slaPolicy" } },
  "GET /sla/progress": {},
  "GET /sla/reports/attainment": {},
  "GET /surveys": {},
  "GET /surveys/summary": {},
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
  "GET /tenants/:id/rebuilds": { params: { id: "tenant" } },
  "POST /tenants/:id/rebuilds": { spare: spareRebuild, params: { id: "tenant" }, bodies: [{ target: "search" }] },
  "GET /tenants/current": {},
  "PATCH /tenants/current": { bodies: [{ name: "Company {canary}" }] },
  "GET /ticket-attributes": {},
  "POST /ticket-attributes": {
    bodies: [{ key: "a_{fresh}", label: "Label {canary}", type: "choice", options: ["{canary}"] }],
  },
  "GET /ticket-attributes/:id": { params: { id: "ticketAttribute" } },
  "PATCH /ticket-attributes/:id": {
    params: { id: "ticketAttribute" },
    bodies: [{ label: "Label {canary}", options: ["{canary}"] }],
  },
  "DELETE /ticket-attributes/:id": { spare: spareTicketAttribute, params: { id: "ticketAttribute" } },
  "GET /tickets": {
    query: {
      inboxId: "inbox",
      assigneeId: "member",
      teamId: "team",
      contactId: "contact",
      category: "canary",
      orderRef: "canary",
      tag: "canary",
      search: "canary",
      viewId: "view",
    },
  },
  "POST /tickets": {
    spare: sparePlace,
    bodies: [
      { conversationId: "{conversation}", subject: "Subject {canary}", assigneeId: "{member}", teamId: "{team}" },
      { inboxId: "{inbox}", contactId: "{contact}" },
      { inboxId: "{inbox}", to: "{phone}" },
    ],
  },
  "GET /tickets/:id": { params: { id: "ticket" } },
  "PATCH /tickets/:id": {
    spare: spareTicket,
    params: { id: "ticket" },
    bodies: [{ status: "resolved", priority: "high", assigneeId: "{member}", teamId: "{team}", tags: ["{canary}"] }],
  },
  "POST /tickets/:id/assign": {
    spare: spareTicket,
    params: { id: "ticket" },
    bodies: [{ userId: "{member}", teamId: "{team}" }],
  },
  "GET /tickets/:id/events": { params: { id: "ticket" } },
  "GET /tickets/:id/followers": { params: { id: "ticket" } },
  "PUT /tickets/:id/followers/:userId": { params: { id: "ticket", userId: "member" } },
  "DELETE /tickets/:id/followers/:userId": { params: { id: "ticket", userId: "member" } },
  "GET /tickets/:id/links": { params: { id: "ticket" } },
  "PUT /tickets/:id/links/:linkedId": { params: { id: "ticket", linkedId: "linked" } },
  "DELETE /tickets/:id/links/:linkedId": { spare: spareLink, params: { id: "ticket", linkedId: "linked" } },
  "POST /tickets/:id/merge": {
    spare: spareTickets,
    params: { id: "ticket" },
    bodies: [{ intoTicketId: "{linked}" }],
  },
  "POST /tickets/:id/macros/:macroId": { spare: spareTicket, params: { id: "ticket", macroId: "macro" } },
  "GET /tickets/:id/messages": { params: { id: "ticket" } },
  "POST /tickets/:id/messages": {
    params: { id: "ticket" },
    bodies: [
      { body: "Hello", isInternal: true, mentions: ["{member}"] },
      { body: "Hello", replyToMessageId: "{inbound}" },
    ],
  },
  "POST /tickets/:id/snooze": { spare: spareTicket, params: { id: "ticket" }, bodies: [{}] },
  "DELETE /tickets/:id/snooze": { spare: spareTicket, params: { id: "ticket" } },
  "POST /tickets/:id/split": {
    spare: spareThread,
    params: { id: "ticket" },
    bodies: [{ messageIds: ["{inbound}"], subject: "Subject {canary}" }],
  },
  "POST /tickets/next": { bodies: [{ inboxId: "{inbox}", teamId: "{team}" }] },
  "GET /users": { query: { search: "canary", teamId: "team" } },
  "GET /users/:id": { params: { id: "member" } },
  "PATCH /users/:id": {
    params: { id: "member" },
    bodies: [{ role: "agent", capacity: 5, skills: ["{canary}"], availability: "online" }],
  },
  "DELETE /users/:id": { spare: spareMember, params: { id: "member" } },
  "PATCH /users/me": { bodies: [{ availability: "away" }] },
  "GET /views": {},
  "POST /views": {
    bodies: [
      {
        name: "View {fresh}",
        isShared: true,
        filter: {
          inboxId: ["{inbox}"],
          assigneeId: "{member}",
          teamId: "{team}",
          contactId: "{contact}",
          tag: ["of {canary}"],
        },
      },
    ],
  },
  "GET /views/counts": {},
  "GET /views/:id": { params: { id: "view" } },
  "PATCH /views/:id": {
    params: { id: "view" },
    bodies: [
      {
        name: "View {canary}",
        filter: { inboxId: ["{inbox}"], assigneeId: "{member}", teamId: "{team}", contactId: "{contact}" },
      },
    ],
  },
  "DELETE /views/:id": { spare: spareView, params: { id: "view" } },
};
