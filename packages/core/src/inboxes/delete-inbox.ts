import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { noSuchInbox, toInboxJson } from "./inbox-json.ts";

/**
 * Deletes an inbox that was never used. One with conversations is a `conflict`, for they refer to it; so is the default
 * one, for the settings do. As the system role, because what the provider said of unknown messages goes with it; every
 * condition names the tenant.
 */
export async function deleteInbox(ctx: RequestContext, { id }: { id: string }): Promise<void> {
  const tenantId = authorize(ctx, "inboxes.manage");
  await ctx.database.withSystem(async (tx) => {
    // Nothing can refer to it anew while we look.
    await tx.$queryRaw`select id from inbox where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for update`;
    const inbox = await tx.inbox.findUnique({ where: { tenantId_id: { tenantId, id } } });
    if (!inbox) throw noSuchInbox();
    if (await tx.conversation.findFirst({ where: { tenantId, inboxId: id }, select: { id: true } })) {
      throw new DomainError(
        "conflict",
        'The inbox has conversations, so it cannot be deleted; set its status to "paused" to stop sending.',
      );
    }
    if (await tx.tenant.findFirst({ where: { id: tenantId, defaultInboxId: id }, select: { id: true } })) {
      throw new DomainError(
        "conflict",
        "The inbox is the default one of the settings, so it cannot be deleted; choose another default first.",
      );
    }
    await tx.heldUpdate.deleteMany({ where: { tenantId, inboxId: id } });
    await tx.inbox.delete({ where: { tenantId_id: { tenantId, id } } });
    await recordAudit(ctx, tx, tenantId, {
      action: "inbox.deleted",
      subject: { type: "inbox", id },
      before: toInboxJson(inbox),
    });
  });
}
