import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { CONTACT_ATTRIBUTES, mistakesInAttributes } from "../attributes/index.ts";
import type { ContactFilter } from "../contacts/index.ts";
import { mistakesInInboxes } from "../inboxes/index.ts";

/** Refuses as `validation_failed` a filter that names what the tenant does not have: it would mean nobody for ever. */
export async function assertFilter(tx: Tx, tenantId: string, filter: ContactFilter): Promise<void> {
  const wrong = [
    ...(await mistakesInInboxes(tx, tenantId, filter)),
    ...(await mistakesInAttributes(tx, CONTACT_ATTRIBUTES, tenantId, filter.attribute ?? [])),
  ];
  if (wrong.length === 0) return;
  throw new DomainError("validation_failed", "Correct what is named in errors and send the request again.", {
    fields: wrong.map(({ path, message }) => ({ path: `filter.${path}`, message })),
  });
}
