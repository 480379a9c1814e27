import type { Tx } from "@parley/db";
import { attributesAfter, tagsAfter, type TicketChange, type TicketRow } from "../tickets/index.ts";
import type { TicketAction } from "./actions.ts";

/**
 * What an action makes of a ticket's fields, on top of what the actions before it made of them. Nothing, if it is not
 * fields that it sets. Refuses as `validation_failed` an attribute that there is not.
 */
export async function fieldsAfter(
  tx: Tx,
  ticket: TicketRow,
  { tags, attributes }: TicketChange,
  action: TicketAction,
): Promise<TicketChange> {
  switch (action.type) {
    case "set_status":
      return { status: action.status };
    case "set_priority":
      return { priority: action.priority };
    case "set_category":
      return { category: action.category };
    case "add_tags":
      return { tags: tagsAfter(tags ?? ticket.tags, { add: action.tags }) };
    case "remove_tags":
      return { tags: tagsAfter(tags ?? ticket.tags, { remove: action.tags }) };
    case "assign_user":
      return { assigneeId: action.userId };
    case "assign_team":
      return { teamId: action.teamId };
    case "set_attribute": {
      const before = { tenantId: ticket.tenantId, attributes: attributes ?? ticket.attributes };
      return { attributes: await attributesAfter(tx, before, { [action.key]: action.value }) };
    }
    case "snooze":
    case "add_note":
    case "send_reply":
      return {};
  }
}
