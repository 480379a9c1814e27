import { DomainError } from "@parley/runtime";
import type { RequestContext } from "../context/index.ts";
import { toDraftJson } from "./draft-json.ts";
import { ownDraft } from "./own-draft.ts";
import type { DraftJson } from "./schemas.ts";

/** What whoever asks has begun to write in a conversation. Nobody sees what others have. */
export async function showDraft(ctx: RequestContext, input: { conversationId: string }): Promise<DraftJson> {
  const key = ownDraft(ctx, input.conversationId);
  const draft = await ctx.database.withTenant(key.tenantId, (tx) =>
    tx.draft.findUnique({ where: { tenantId_userId_conversationId: key } }),
  );
  if (!draft) throw new DomainError("not_found", "You have no draft in a conversation with this id.");
  return toDraftJson(draft);
}
