import { sqlOf, statement, type AnyTx } from "@parley/db";
import { newId } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import type { LockedConversation } from "../conversations/index.ts";
import { publishEvents } from "../events/index.ts";
import { supersedeEarlierDrafts } from "../pending-drafts/index.ts";
import { toRuleActionJson, type RuleAction } from "../rule-actions/index.ts";
import { DRAFT_COLUMNS, toDraftRow, type DraftRow, type SelectedDraft } from "./draft-row.ts";
import type { DraftSource } from "./schemas.ts";

/** What is proposed to agents. Either a text, or actions, or both. */
export interface Proposal {
  /** As it would be sent: nothing is filled in any more. */
  text: string | null;
  /** ISO 639-1 */
  language: string | null;
  /** Where a model wrote it, 0 to 1. */
  confidence: number | null;
  sources: readonly DraftSource[];
  /** None that answers the customer: that is the text. Templates of notes are filled in when the draft is accepted. */
  actions: readonly RuleAction[];
  /** Needed for actions. */
  ticketId: string | null;
  /** The customer's newest message that it answers. */
  messageId: string | null;
  executionId?: string | null | undefined;
  ruleId?: string | null | undefined;
  /** Who asked for it; a rule unless given. */
  askedBy?: string | null | undefined;
}

const INSERT = statement<SelectedDraft>(
  "ai_draft_insert",
  `insert into ai_response_draft as d (tenant_id, id, conversation_id, ticket_id, message_id, execution_id, rule_id, text,
                                       language, confidence, sources, actions, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
   returning ${DRAFT_COLUMNS}`,
);

/**
 * Proposes something in a conversation whose lock the caller holds. It takes the place of what the same rule has proposed
 * there before and, with a text, of any other text: one text at a time waits for an agent's word, and of each rule one draft.
 */
export async function createDraft(
  ctx: SystemContext,
  tx: AnyTx,
  { tenantId, id: conversationId, contactId }: LockedConversation,
  proposal: Proposal,
): Promise<DraftRow> {
  const { ticketId, messageId, actions } = proposal;
  if (actions.length > 0 && ticketId === null) throw new Error("actions of a draft need a ticket");
  const ruleId = proposal.ruleId ?? null;
  await supersedeEarlierDrafts(tx, { tenantId, conversationId }, { ruleId, hasText: proposal.text !== null });
  const id = newId();
  const [draft] = await sqlOf(tx).rows(INSERT, [
    tenantId,
    id,
    conversationId,
    ticketId,
    messageId,
    proposal.executionId ?? null,
    ruleId,
    proposal.text,
    proposal.language,
    proposal.confidence,
    JSON.stringify(proposal.sources),
    JSON.stringify(actions.map(toRuleActionJson)),
    ctx.clock.now(),
  ]);
  if (!draft) throw new Error("an insert returns its row");
  await publishEvents(ctx, tx, [
    {
      tenantId,
      contactId,
      conversationId,
      ticketId,
      ...(messageId !== null && { messageId }),
      actorType: "AI",
      type: "AI_SUGGESTION_CREATED",
      data: { draftId: id, ...(proposal.askedBy && { userId: proposal.askedBy }) },
    },
  ]);
  return toDraftRow(draft);
}
