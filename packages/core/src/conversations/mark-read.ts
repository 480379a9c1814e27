import type { Tx } from "@parley/db";
import { authorize, requireUser, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import type { ConversationJson } from "./schemas.ts";
import { readConversation } from "./show-conversation.ts";

/** Whoever asks has read the conversation. It is read for nobody else, and its version stays. */
export async function markConversationRead(ctx: RequestContext, { id }: { id: string }): Promise<ConversationJson> {
  const tenantId = authorize(ctx, "conversations.read");
  const userId = requireUser(ctx);
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      await markRead(tx, { tenantId, id }, userId, ctx.clock.now());
      return readConversation(ctx, tx, tenantId, id);
    }),
  );
}

/** Whoever asks has not read it, if the customer ever wrote. */
export async function markConversationUnread(ctx: RequestContext, { id }: { id: string }): Promise<ConversationJson> {
  const tenantId = authorize(ctx, "conversations.read");
  const userId = requireUser(ctx);
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      await tx.conversationRead.deleteMany({ where: { tenantId, userId, conversationId: id } });
      return readConversation(ctx, tx, tenantId, id);
    }),
  );
}

/**
 * Writes down up to which arrival a member has read. That is the last one which is known, and not now: a message that has
 * arrived before now and is stored only later has not been read. Whoever is no member reads without a trace.
 */
export async function markRead(
  tx: Tx,
  { tenantId, id }: { tenantId: string; id: string },
  userId: string,
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    insert into conversation_read (tenant_id, user_id, conversation_id, read_at)
    select c.tenant_id, m.user_id, c.id, coalesce(c.last_inbound_at, ${now})
      from conversation c
      join membership m on m.tenant_id = c.tenant_id and m.user_id = ${userId}::uuid
     where c.tenant_id = ${tenantId}::uuid and c.id = ${id}::uuid
        on conflict (tenant_id, user_id, conversation_id)
        do update set read_at = greatest(conversation_read.read_at, excluded.read_at)`;
}
