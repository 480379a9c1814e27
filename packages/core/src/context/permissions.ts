import type { MembershipRole } from "@parley/db";

/**
 * What can be done, and the least role that may: AGENT < MANAGER < ADMIN < OWNER. Verbs and routes name an action of this
 * table and nothing else. What depends on more than a role, such as whose team it is, a verb asks besides. A SUPER_ADMIN
 * may do everything everywhere.
 */
export const PERMISSIONS = {
  "api_keys.manage": "ADMIN",
  "audit.read": "ADMIN",
  "contacts.read": "AGENT",
  "conversations.read": "AGENT",
  "conversations.change": "AGENT",
  "inboxes.read": "AGENT",
  "inboxes.manage": "ADMIN",
  "invitations.manage": "ADMIN",
  "members.manage": "ADMIN",
  "members.read": "AGENT",
  "messages.read": "AGENT",
  "messages.send": "AGENT",
  "raw_events.read": "AGENT",
  "raw_events.replay": "ADMIN",
  "settings.change": "ADMIN",
  "settings.read": "AGENT",
  "teams.manage": "MANAGER",
  "teams.read": "AGENT",
  "tenant.change": "ADMIN",
  "tenant.read": "AGENT",
  "tickets.read": "AGENT",
} as const satisfies Record<string, MembershipRole>;

export type Action = keyof typeof PERMISSIONS;

const RANK: Record<MembershipRole, number> = { AGENT: 1, MANAGER: 2, ADMIN: 3, OWNER: 4 };

/** Whether whoever holds `role` may do what needs `least`. */
export function isAtLeast(role: MembershipRole, least: MembershipRole): boolean {
  return RANK[role] >= RANK[least];
}
