import { Prisma, type Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { asEventActor, authorize, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { lockContact } from "./contact-row.ts";
import { lockIdentifiers } from "./hold-identifiers.ts";

/**
 * Deletes a contact with whom nothing was ever spoken. Refuses as `conflict` one with conversations, whose other side it
 * is; what is personal about such a contact is erased instead.
 */
export async function deleteContact(ctx: RequestContext, { id }: { id: string }): Promise<void> {
  const tenantId = authorize(ctx, "contacts.delete");
  await ctx.database.withTenant(tenantId, async (tx) => {
    await lockIdentifiers(tx, tenantId, id);
    await lockContact(tx, tenantId, id);
    if (await hasHistory(tx, tenantId, id)) {
      throw new DomainError(
        "conflict",
        "This contact has conversations, which are part of the company's records; erase what is personal about the contact instead, merge it into another, or block it.",
      );
    }
    await tx.contact.delete({ where: { tenantId_id: { tenantId, id } } });
    // Merges into it cannot be undone any more, so what they would put back is forgotten.
    await tx.contactMerge.updateMany({ where: { tenantId, targetId: id }, data: { undo: Prisma.DbNull } });
    await publishEvents(ctx, tx, [{ tenantId, type: "CONTACT_DELETED", ...asEventActor(ctx.actor), contactId: id }]);
    await recordAudit(ctx, tx, tenantId, { action: "contact.deleted", subject: { type: "contact", id } });
  });
}

/** conversation_tenant_id_contact_id_idx, ticket_tenant_id_contact_id_created_at_idx */
async function hasHistory(tx: Tx, tenantId: string, contactId: string): Promise<boolean> {
  const conversation = await tx.conversation.findFirst({ where: { tenantId, contactId }, select: { id: true } });
  const ticket = await tx.ticket.findFirst({ where: { tenantId, contactId }, select: { id: true } });
  return (conversation ?? ticket) !== null;
}
