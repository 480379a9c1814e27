import type { Tx } from "@parley/db";
import { DomainError, type FieldError } from "@parley/runtime";
import { mistakeInFilter, readAttributeFilter, type TicketFilter } from "../tickets/index.ts";

/**
 * Refuses as `validation_failed` a filter that names what the tenant does not have: it would show nothing for ever. `place`
 * is where in the request it stands.
 */
export async function assertFilter(tx: Tx, tenantId: string, filter: TicketFilter, place = "filter"): Promise<void> {
  const wrong = [
    ...(await unknownInboxes(tx, tenantId, filter)),
    ...(await unknownHolders(tx, tenantId, filter)),
    ...(await unknownContact(tx, tenantId, filter)),
    ...(await wrongAttributes(tx, tenantId, filter)),
  ];
  if (wrong.length === 0) return;
  throw new DomainError("validation_failed", "Correct what is named in errors and send the request again.", {
    fields: wrong.map(({ path, message }) => ({ path: `${place}.${path}`, message })),
  });
}

async function unknownInboxes(tx: Tx, tenantId: string, { inboxId }: TicketFilter): Promise<FieldError[]> {
  if (!inboxId) return [];
  const known = await tx.inbox.findMany({ where: { tenantId, id: { in: inboxId } }, select: { id: true } });
  const ids = new Set(known.map(({ id }) => id));
  return inboxId.flatMap((id, index) =>
    ids.has(id.toLowerCase()) ? [] : [{ path: `inboxId.${index}`, message: "is not an inbox of this company" }],
  );
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

async function wrongAttributes(tx: Tx, tenantId: string, { attribute = [] }: TicketFilter): Promise<FieldError[]> {
  const given = attribute.map(readAttributeFilter);
  if (given.length === 0) return [];
  const known = await tx.ticketAttribute.findMany({ where: { tenantId, key: { in: given.map(({ key }) => key) } } });
  const definitions = new Map(known.map((definition) => [definition.key, definition]));
  return given.flatMap(({ key, value }, index) => {
    const definition = definitions.get(key);
    const message = definition
      ? mistakeInFilter(definition, value)
      : "is not an attribute of this company; define it first";
    return message === undefined ? [] : [{ path: `attribute.${index}`, message }];
  });
}
