import type { Finders } from "../listed/index.ts";
import { contactOf, inboxOf, memberOf, teamOf } from "../references/index.ts";
import type { ticketIncludes, TicketJson } from "./schemas.ts";

/** How what `include` names is found. */
export const TICKET_FINDERS: Finders<TicketJson, typeof ticketIncludes> = {
  contact: contactOf(({ contactId }) => contactId),
  assignee: memberOf(({ assigneeId }) => assigneeId),
  team: teamOf(({ teamId }) => teamId),
  inbox: inboxOf(({ inboxId }) => inboxId),
};
