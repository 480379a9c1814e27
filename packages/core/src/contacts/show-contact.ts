import { DomainError } from "@parley/runtime";
import { authorize, type RequestContext } from "../context/index.ts";
import { contactInclude, toContactJson } from "./contact-json.ts";
import type { ContactJson } from "./schemas.ts";

export async function showContact(ctx: RequestContext, { id }: { id: string }): Promise<ContactJson> {
  const tenantId = authorize(ctx, "contacts.read");
  const contact = await ctx.database.withTenant(tenantId, (tx) =>
    tx.contact.findUnique({ where: { tenantId_id: { tenantId, id } }, include: contactInclude }),
  );
  if (!contact) throw noSuchContact();
  return toContactJson(contact);
}

export function noSuchContact(): DomainError {
  return new DomainError("not_found", "There is no contact with this id.");
}
