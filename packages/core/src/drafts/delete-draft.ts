import type { RequestContext } from "../context/index.ts";
import { assertConversation, ownDraft } from "./own-draft.ts";

/** Throws away what whoever asks has begun to write in a conversation, if they have. */
export async function deleteDraft(ctx: RequestContext, input: { conversationId: string }): Promise<void> {
  const key = ownDraft(ctx, input.conversationId);
  await ctx.database.withTenant(key.tenantId, async (tx) => {
    await assertConversation(tx, key);
    await tx.draft.deleteMany({ where: key });
  });
}
