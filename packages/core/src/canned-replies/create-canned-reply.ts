import { isUniqueViolation } from "@parley/db";
import { newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { assertTemplates } from "../text-templates/index.ts";
import { shortcutTaken, toCannedReplyJson } from "./canned-reply-json.ts";
import type { CannedReplyJson, CreateCannedReplyInput } from "./schemas.ts";

/**
 * Writes a reply for everybody's use. `validation_failed`: its body is no template, or names what there is not.
 * `conflict`: another one has the shortcut.
 */
export async function createCannedReply(ctx: RequestContext, input: CreateCannedReplyInput): Promise<CannedReplyJson> {
  const tenantId = authorize(ctx, "canned_replies.manage");
  const id = newId();
  try {
    return await ctx.database.withTenant(tenantId, (tx) =>
      once(ctx, tx, async () => {
        await assertTemplates(tx, tenantId, [{ path: "body", text: input.body }]);
        const now = ctx.clock.now();
        const data = { ...input, tenantId, id, createdAt: now, updatedAt: now };
        const reply = toCannedReplyJson(await tx.cannedReply.create({ data }));
        await recordAudit(ctx, tx, tenantId, {
          action: "canned_reply.created",
          subject: { type: "canned_reply", id },
          after: reply,
        });
        return reply;
      }),
    );
  } catch (error) {
    if (isUniqueViolation(error)) throw shortcutTaken();
    throw error;
  }
}
