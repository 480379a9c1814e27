import type { RuleAction } from "./rule-action.ts";

/** Whom actions give a ticket to, to be held before the ticket is locked (`holdAssignable`). */
export function assignableIn(actions: readonly RuleAction[]): { assigneeId?: string | null; teamId?: string | null } {
  const found: { assigneeId?: string | null; teamId?: string | null } = {};
  for (const action of actions) {
    if (action.type === "assign_user") found.assigneeId = action.userId;
    if (action.type === "assign_team") found.teamId = action.teamId;
    if (action.type === "escalate" && action.teamId !== undefined) found.teamId = action.teamId;
  }
  return found;
}
