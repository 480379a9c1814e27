import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { readLockedTicketAttribute, toTicketAttributeJson } from "./attribute-json.ts";

/**
 * Values that tickets have are shown no longer, nor accepted. They stay stored: an attribute that is made again with the
 * same key and type has them back.
 */
export async function deleteTicketAttribute(ctx: RequestContext, { id }: { id: string }): Promise<void> {
  const tenantId = authorize(ctx, "ticket_attributes.manage");
  await ctx.database.withTenant(tenantId, async (tx) => {
    const before = await readLockedTicketAttribute(tx, tenantId, id);
    await tx.ticketAttribute.delete({ where: { tenantId_id: { tenantId, id } } });
    await recordAudit(ctx, tx, tenantId, {
      action: "ticket_attribute.deleted",
      subject: { type: "ticket_attribute", id },
      before: toTicketAttributeJson(before),
    });
  });
}
