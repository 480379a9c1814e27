import { columnsOf, Prisma, sqlOf, statement, type AnyTx } from "@parley/db";
import { noSuchConversation } from "./show-conversation.ts";

export type LockedConversation = Prisma.ConversationGetPayload<object>;

/** Of `conversation c`. */
export const CONVERSATION_COLUMNS = columnsOf("c", Prisma.ConversationScalarFieldEnum);

// conversation_pkey
const LOCK = statement<LockedConversation>(
  "conversation_lock",
  `select ${CONVERSATION_COLUMNS} from conversation c where c.tenant_id = $1 and c.id = $2 for no key update`,
);

/**
 * The conversation, locked until the transaction ends as ingest locks it: whoever decides about its messages, tickets
 * and counters holds this lock. What the decision rests on must be read after it: a statement that waits for a lock
 * sees everything but the locked row as it was before the wait.
 */
export async function lockConversation(tx: AnyTx, tenantId: string, id: string): Promise<LockedConversation> {
  const [conversation] = await sqlOf(tx).rows(LOCK, [tenantId, id]);
  if (!conversation) throw noSuchConversation();
  return conversation;
}
