import { DomainError } from "@parley/runtime";
import { authorize, type RequestContext } from "../context/index.ts";
import { noSuchInbox } from "./inbox-json.ts";

/**
 * Deletes an inbox that was never used. One with conversations is a `conflict`: they refer to it. As the system role,
 * because what the provider said of unknown messages goes with it; every condition names the tenant.
 */
export async function deleteInbox(ctx: RequestContext, { id }: { id: string }): Promise<void> {
  const tenantId = authorize(ctx, "inboxes.manage");
  await ctx.database.withSystem(async (tx) => {
    // Nothing can refer to it anew while we look.
    await tx.$queryRaw`select id from inbox where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for update`;
    const inbox = await tx.inbox.findUnique({ where: { tenantId_id: { tenantId, id } }, select: { id: true } });
    if (!inbox) throw noSuchInbox();
    if (await tx.conversation.findFirst({ where: { tenantId, inboxId: id }, select: { id: true } })) {
      throw new DomainError(
        "conflict",
        'The inbox has conversations, so it cannot be deleted; set its status to "paused" to stop sending.',
      );
    }
    await tx.heldUpdate.deleteMany({ where: { tenantId, inboxId: id } });
    await tx.inbox.delete({ where: { tenantId_id: { tenantId, id } } });
  });
}
