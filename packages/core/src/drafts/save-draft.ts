import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { RequestContext } from "../context/index.ts";
import { toDraftJson } from "./draft-json.ts";
import { assertConversation, holdOwnMembership, ownDraft } from "./own-draft.ts";
import type { DraftJson, SaveDraftInput } from "./schemas.ts";

/** Keeps what somebody has begun to write in a conversation, in place of what they had begun before. */
export async function saveDraft(
  ctx: RequestContext,
  input: SaveDraftInput & { conversationId: string },
): Promise<DraftJson> {
  const { conversationId, body, isInternal, replyToMessageId } = input;
  const key = ownDraft(ctx, conversationId);
  return ctx.database.withTenant(key.tenantId, async (tx) => {
    await assertConversation(tx, key);
    await holdOwnMembership(tx, key);
    if (replyToMessageId !== undefined) await assertMessage(tx, key, replyToMessageId);
    const written = { body, isInternal, replyToId: replyToMessageId ?? null, updatedAt: ctx.clock.now() };
    const draft = await tx.draft.upsert({
      where: { tenantId_userId_conversationId: key },
      create: { ...key, ...written },
      update: written,
    });
    return toDraftJson(draft);
  });
}

async function assertMessage(
  tx: Tx,
  { tenantId, conversationId }: { tenantId: string; conversationId: string },
  id: string,
): Promise<void> {
  const found = await tx.message.findFirst({ where: { tenantId, id, conversationId }, select: { id: true } });
  if (found) return;
  const message = "is not a message of this conversation";
  throw new DomainError("validation_failed", `replyToMessageId ${message}.`, {
    fields: [{ path: "replyToMessageId", message }],
  });
}
