import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { authorize, userIdOf, type RequestContext } from "../context/index.ts";
import { conversationInclude, toConversationJson } from "./conversation-json.ts";
import type { ConversationJson } from "./schemas.ts";

export async function showConversation(ctx: RequestContext, { id }: { id: string }): Promise<ConversationJson> {
  const tenantId = authorize(ctx, "conversations.read");
  return ctx.database.withTenant(tenantId, (tx) => readConversation(ctx, tx, tenantId, id));
}

/** One conversation as JSON, as this transaction and whoever asks see it. */
export async function readConversation(
  ctx: RequestContext,
  tx: Tx,
  tenantId: string,
  id: string,
): Promise<ConversationJson> {
  const row = await tx.conversation.findUnique({
    where: { tenantId_id: { tenantId, id } },
    include: conversationInclude,
  });
  if (!row) throw noSuchConversation();
  return toConversationJson(tx, row, { me: userIdOf(ctx.actor), now: ctx.clock.now() });
}

export function noSuchConversation(): DomainError {
  return new DomainError("not_found", "There is no conversation with this id.");
}
