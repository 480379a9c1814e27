import { isUniqueViolation } from "@parley/db";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { assertTemplates } from "../text-templates/index.ts";
import { readLockedCannedReply, shortcutTaken, toCannedReplyJson } from "./canned-reply-json.ts";
import type { CannedReplyJson, ChangeCannedReplyInput } from "./schemas.ts";

/** Changes what is given. Refuses what `createCannedReply` refuses. */
export async function changeCannedReply(
  ctx: RequestContext,
  input: ChangeCannedReplyInput & { id: string },
): Promise<CannedReplyJson> {
  const tenantId = authorize(ctx, "canned_replies.manage");
  const { id, ...change } = input;
  try {
    return await ctx.database.withTenant(tenantId, async (tx) => {
      const before = await readLockedCannedReply(tx, tenantId, id);
      if (change.body !== undefined) await assertTemplates(tx, tenantId, [{ path: "body", text: change.body }]);
      const changed = await tx.cannedReply.update({
        where: { tenantId_id: { tenantId, id } },
        data: { ...change, updatedAt: ctx.clock.now() },
      });
      const after = toCannedReplyJson(changed);
      await recordAudit(ctx, tx, tenantId, {
        action: "canned_reply.changed",
        subject: { type: "canned_reply", id },
        before,
        after,
      });
      return after;
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw shortcutTaken();
    throw error;
  }
}
