import type { Tx } from "@parley/db";
import { DomainError, type FieldError } from "@parley/runtime";
import { mistakesInAttributes, TICKET_ATTRIBUTES } from "../attributes/index.ts";
import { mistakesInInboxes } from "../inboxes/index.ts";
import type { TicketFilter } from "../tickets/index.ts";

/**
 * Refuses as `validation_failed` a filter that names what the tenant does not have: it would show nothing for ever. `place`
 * is where in the request it stands.
 */
export async function assertFilter(tx: Tx, tenantId: string, filter: TicketFilter, place = "filter"): Promise<void> {
  const wrong = [
    ...(await mistakesInInboxes(tx, tenantId, filter)),
    ...(await unknownHolders(tx, tenantId, filter)),
    ...(await unknownContact(tx, tenantId, filter)),
    ...(await mistakesInAttributes(tx, TICKET_ATTRIBUTES, tenantId, filter.attribute ?? [])),
  ];
  if (wrong.length === 0) return;
  throw new DomainError("validation_failed", "Correct what is named in errors and send the request again.", {
    fields: wrong.map(({ path, message }) => ({ path: `${place}.${path}`, message })),
  });
}

async function unknownHolders(tx: Tx, tenantId: string, { assigneeId, teamId }: TicketFilter): Promise<FieldError[]> {
  const isSomebody = assigneeId !== undefined && assigneeId !== "me" && assigneeId !== "none";
  const isTeam = teamId !== undefined && teamId !== "none";
  const members = isSomebody ? await tx.membership.count({ where: { tenantId, userId: assigneeId } }) : 1;
  const teams = isTeam ? await tx.team.count({ where: { tenantId, id: teamId } }) : 1;
  return [
    ...(members === 0 ? [{ path: "assigneeId", message: "is not a member of this company" }] : []),
    ...(teams === 0 ? [{ path: "teamId", message: "is not a team of this company" }] : []),
  ];
}

async function unknownContact(tx: Tx, tenantId: string, { contactId }: TicketFilter): Promise<FieldError[]> {
  if (contactId === undefined || (await tx.contact.count({ where: { tenantId, id: contactId } })) > 0) return [];
  return [{ path: "contactId", message: "is not a contact of this company" }];
}
