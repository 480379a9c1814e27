import { sqlOf, statement, type AnyTx } from "@parley/db";

// ai_response_draft_waiting_idx
const SUPERSEDE_EARLIER = statement(
  "ai_draft_supersede_earlier",
  `update ai_response_draft d set state = 'SUPERSEDED', reason = 'newer_draft'
    where d.tenant_id = $1 and d.conversation_id = $2 and d.state = 'PENDING'
      and (d.rule_id is not distinct from $3 or $4 and d.text is not null)`,
);

/**
 * Of a conversation's drafts that wait, those whose place a new one takes: the same rule's (null: those that members have
 * asked for), and, if it proposes a text, whatever else does, because the customer is answered once.
 */
export async function supersedeEarlierDrafts(
  tx: AnyTx,
  { tenantId, conversationId }: { tenantId: string; conversationId: string },
  { ruleId, hasText }: { ruleId: string | null; hasText: boolean },
): Promise<void> {
  await sqlOf(tx).run(SUPERSEDE_EARLIER, [tenantId, conversationId, ruleId, hasText]);
}
