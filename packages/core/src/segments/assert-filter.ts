import type { Tx } from "@parley/db";
import { DomainError, type FieldError } from "@parley/runtime";
import { CONTACT_ATTRIBUTES, findAttributes, mistakeInFilter } from "../attributes/index.ts";
import { readAttributePart, type ContactFilter } from "../contacts/index.ts";

/** Refuses as `validation_failed` a filter that names what the tenant does not have: it would mean nobody for ever. */
export async function assertFilter(tx: Tx, tenantId: string, filter: ContactFilter): Promise<void> {
  const wrong = [...(await unknownInboxes(tx, tenantId, filter)), ...(await wrongAttributes(tx, tenantId, filter))];
  if (wrong.length === 0) return;
  throw new DomainError("validation_failed", "Correct what is named in errors and send the request again.", {
    fields: wrong.map(({ path, message }) => ({ path: `filter.${path}`, message })),
  });
}

async function unknownInboxes(tx: Tx, tenantId: string, { inboxId }: ContactFilter): Promise<FieldError[]> {
  if (!inboxId) return [];
  const known = await tx.inbox.findMany({ where: { tenantId, id: { in: inboxId } }, select: { id: true } });
  const ids = new Set(known.map(({ id }) => id));
  return inboxId.flatMap((id, index) =>
    ids.has(id.toLowerCase()) ? [] : [{ path: `inboxId.${index}`, message: "is not an inbox of this company" }],
  );
}

async function wrongAttributes(tx: Tx, tenantId: string, { attribute = [] }: ContactFilter): Promise<FieldError[]> {
  const given = attribute.map(readAttributePart);
  const keys = given.map(({ key }) => key);
  const known = await findAttributes(tx, CONTACT_ATTRIBUTES, tenantId, keys);
  const definitions = new Map(known.map((definition) => [definition.key, definition]));
  return given.flatMap(({ key, value }, index) => {
    const definition = definitions.get(key);
    const message = definition
      ? mistakeInFilter(definition, value)
      : "is not an attribute of this company; define it first";
    return message === undefined ? [] : [{ path: `attribute.${index}`, message }];
  });
}
