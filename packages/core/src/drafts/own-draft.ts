import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { authorize, requireUser, type RequestContext } from "../context/index.ts";
import { noSuchConversation } from "../conversations/index.ts";

/** Names the draft of whoever asks in a conversation. An API key, which is nobody, has none: `forbidden`. */
export function ownDraft(ctx: RequestContext, conversationId: string) {
  const tenantId = authorize(ctx, "messages.send");
  return { tenantId, userId: requireUser(ctx), conversationId };
}

export async function assertConversation(
  tx: Tx,
  { tenantId, conversationId: id }: { tenantId: string; conversationId: string },
): Promise<void> {
  const found = await tx.conversation.findUnique({ where: { tenantId_id: { tenantId, id } }, select: { id: true } });
  if (!found) throw noSuchConversation();
}

/** Refuses who is not a member, such as a SUPER_ADMIN. Whoever is removed in the same moment is waited for, or waits. */
export async function holdOwnMembership(
  tx: Tx,
  { tenantId, userId }: { tenantId: string; userId: string },
): Promise<void> {
  const members = await tx.$queryRaw<object[]>`
    select user_id from membership where tenant_id = ${tenantId}::uuid and user_id = ${userId}::uuid for key share`;
  if (members.length > 0) return;
  throw new DomainError("forbidden", "Only members of the company have drafts; ask to be invited.");
}
