import type { Prisma, Tx } from "@parley/db";
import { noSuchConversation } from "./show-conversation.ts";

export type LockedConversation = Prisma.ConversationGetPayload<object>;

/**
 * The conversation, locked until the transaction ends as ingest locks it: whoever decides about its messages, tickets
 * and counters holds this lock. What the decision rests on must be read after it: a statement that waits for a lock
 * sees everything but the locked row as it was before the wait.
 */
export async function lockConversation(tx: Tx, tenantId: string, id: string): Promise<LockedConversation> {
  await tx.$queryRaw`
    select id from conversation where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for no key update`;
  const conversation = await tx.conversation.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!conversation) throw noSuchConversation();
  return conversation;
}
