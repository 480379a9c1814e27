import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { readLockedCannedReply } from "./canned-reply-json.ts";

export async function deleteCannedReply(ctx: RequestContext, { id }: { id: string }): Promise<void> {
  const tenantId = authorize(ctx, "canned_replies.manage");
  await ctx.database.withTenant(tenantId, async (tx) => {
    const before = await readLockedCannedReply(tx, tenantId, id);
    await tx.cannedReply.delete({ where: { tenantId_id: { tenantId, id } } });
    await recordAudit(ctx, tx, tenantId, {
      action: "canned_reply.deleted",
      subject: { type: "canned_reply", id },
      before,
    });
  });
}
