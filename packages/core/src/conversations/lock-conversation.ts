import { columnsOf, Prisma, type Tx } from "@parley/db";
import { noSuchConversation } from "./show-conversation.ts";

export type LockedConversation = Prisma.ConversationGetPayload<object>;

/** Of `conversation c`. */
export const CONVERSATION_COLUMNS = Prisma.raw(columnsOf("c", Prisma.ConversationScalarFieldEnum));

/**
 * The conversation, locked until the transaction ends as ingest locks it: whoever decides about its messages, tickets
 * and counters holds this lock. What the decision rests on must be read after it: a statement that waits for a lock
 * sees everything but the locked row as it was before the wait.
 */
export async function lockConversation(tx: Tx, tenantId: string, id: string): Promise<LockedConversation> {
  const [conversation] = await tx.$queryRaw<LockedConversation[]>`
    select ${CONVERSATION_COLUMNS} from conversation c
     where c.tenant_id = ${tenantId}::uuid and c.id = ${id}::uuid
       for no key update`;
  if (!conversation) throw noSuchConversation();
  return conversation;
}
