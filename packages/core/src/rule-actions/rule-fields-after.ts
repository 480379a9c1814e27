import type { Tx } from "@parley/db";
import { fieldsAfter } from "../ticket-actions/index.ts";
import type { TicketChange, TicketRow } from "../tickets/index.ts";
import { isOwnAction, STATUS_AFTER, type RuleAction } from "./rule-action.ts";

/** What an action makes of a ticket's fields, on top of what the actions before it made of them. */
export async function ruleFieldsAfter(
  tx: Tx,
  ticket: TicketRow,
  before: TicketChange,
  action: RuleAction,
): Promise<TicketChange> {
  if (!isOwnAction(action)) return fieldsAfter(tx, ticket, before, action);
  switch (action.type) {
    case "request_more_info":
      return { status: STATUS_AFTER.request_more_info };
    case "escalate":
      return { status: STATUS_AFTER.escalate, ...(action.teamId !== undefined && { teamId: action.teamId }) };
    case "send_reply":
    case "draft_reply":
      return {};
  }
}
