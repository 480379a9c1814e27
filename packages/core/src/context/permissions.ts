import type { MembershipRole } from "@parley/db";

/**
 * What can be done, and the least role that may: AGENT < MANAGER < ADMIN < OWNER. Verbs and routes name an action of this
 * table and nothing else. What depends on more than a role, such as whose team it is, a verb asks besides. A SUPER_ADMIN
 * may do everything everywhere.
 */
export const PERMISSIONS = {
  "ai.use": "AGENT",
  "ai_calls.read": "MANAGER",
  "ai_drafts.decide": "AGENT",
  "ai_drafts.read": "AGENT",
  "ai_rules.manage": "MANAGER",
  "ai_rules.read": "AGENT",
  "ai_settings.manage": "ADMIN",
  "ai_settings.read": "MANAGER",
  "ai_turns.change": "AGENT",
  "api_keys.manage": "ADMIN",
  "assignment.manage": "MANAGER",
  "assignment.read": "AGENT",
  "audit.read": "ADMIN",
  "billing.pay": "OWNER",
  "billing.read": "MANAGER",
  "bulk.run": "MANAGER",
  "canned_replies.manage": "MANAGER",
  "canned_replies.read": "AGENT",
  "contact_attributes.manage": "ADMIN",
  "contact_attributes.read": "AGENT",
  "contacts.block": "AGENT",
  "contacts.change": "AGENT",
  "contacts.delete": "MANAGER",
  "contacts.export": "MANAGER",
  "contacts.import": "MANAGER",
  "contacts.merge": "AGENT",
  "contacts.read": "AGENT",
  "conversations.read": "AGENT",
  "conversations.change": "AGENT",
  "events.read": "AGENT",
  "inboxes.read": "AGENT",
  "inboxes.manage": "ADMIN",
  "invitations.manage": "ADMIN",
  "macros.manage": "MANAGER",
  "macros.read": "AGENT",
  "members.manage": "ADMIN",
  "members.read": "AGENT",
  "messages.read": "AGENT",
  "messages.send": "AGENT",
  "personal_data.erase": "ADMIN",
  "personal_data.export": "ADMIN",
  "raw_events.read": "AGENT",
  "raw_events.replay": "ADMIN",
  "reports.read": "MANAGER",
  "search.use": "AGENT",
  "segments.read": "AGENT",
  "segments.share": "MANAGER",
  "settings.change": "ADMIN",
  "settings.read": "AGENT",
  "sla.manage": "MANAGER",
  "sla.read": "AGENT",
  "sla.report": "MANAGER",
  "snippets.manage": "MANAGER",
  "snippets.read": "AGENT",
  "teams.manage": "MANAGER",
  "teams.read": "AGENT",
  "tenant.change": "ADMIN",
  "tenant.read": "AGENT",
  "ticket_attributes.manage": "ADMIN",
  "ticket_attributes.read": "AGENT",
  "tickets.change": "AGENT",
  "tickets.read": "AGENT",
  "views.read": "AGENT",
  "views.share": "MANAGER",
} as const satisfies Record<string, MembershipRole>;

export type Action = keyof typeof PERMISSIONS;

const RANK: Record<MembershipRole, number> = { AGENT: 1, MANAGER: 2, ADMIN: 3, OWNER: 4 };

/** Whether whoever holds `role` may do what needs `least`. */
export function isAtLeast(role: MembershipRole, least: MembershipRole): boolean {
  return RANK[role] >= RANK[least];
}
