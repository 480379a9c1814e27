import { sqlOf, statement, type AnyTx } from "@parley/db";

/** A conversation that has gone on. */
export interface Overtaken {
  tenantId: string;
  conversationId: string;
  /** The customer's message that it has gone on by: drafts that know it stay. Without it all go. */
  messageId?: string;
}

// ai_response_draft_waiting_idx. Ids of the customers' messages sort by arrival.
const SUPERSEDE = statement(
  "ai_draft_supersede",
  `update ai_response_draft d set state = 'SUPERSEDED', reason = $4
     from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as k (tenant_id, conversation_id, message_id)
    where d.tenant_id = k.tenant_id and d.conversation_id = k.conversation_id and d.state = 'PENDING'
      and (k.message_id is null or d.message_id is null or d.message_id < k.message_id)
      and (d.text is not null or $4 <> 'answered')`,
);

/**
 * Drafts that wait for an agent's word in conversations that have gone on: nobody decides them any more. What proposes no
 * answer is as good after an answer as before.
 */
export async function supersedeDrafts(
  tx: AnyTx,
  conversations: readonly Overtaken[],
  reason: "newer_message" | "answered",
): Promise<void> {
  if (conversations.length === 0) return;
  await sqlOf(tx).run(SUPERSEDE, [
    conversations.map(({ tenantId }) => tenantId),
    conversations.map(({ conversationId }) => conversationId),
    conversations.map(({ messageId }) => messageId ?? null),
    reason,
  ]);
}
