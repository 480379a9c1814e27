import { sqlOf, statement, type Tx } from "@parley/db";
import { assertAllowed, authorize, type RequestContext } from "../context/index.ts";
import { lockConversation } from "../conversations/index.ts";
import { once } from "../idempotency/index.ts";
import { appendMessage, asAuthor } from "../messages/index.ts";
import { assignableIn, doActions, type RuleAction } from "../rule-actions/index.ts";
import { loadTemplateValues } from "../text-templates/index.ts";
import { asChanger, assertNotMerged, holdAssignable, lockTicket, type LockedTicket } from "../tickets/index.ts";
import { assertNewest } from "../turns/index.ts";
import { decideDraft } from "./decide-draft.ts";
import { readDraft, toDraftJson, toDraftRow, DRAFT_COLUMNS, type DraftRow, type SelectedDraft } from "./draft-row.ts";
import type { AcceptDraftInput, AiDraftJson } from "./schemas.ts";

// ai_response_draft_pkey
const NOTE_SENT = statement<SelectedDraft>(
  "ai_draft_note_sent",
  `update ai_response_draft d set sent_message_id = $3 where d.tenant_id = $1 and d.id = $2 returning ${DRAFT_COLUMNS}`,
);

/**
 * Does what a draft proposes in the name of whoever accepts it, as it is or with another text, in one transaction: the
 * reply, then the actions. Refuses as `conflict` a draft that is decided already, one since which the customer has said
 * more, and what cannot be done to its ticket any more; as `forbidden` what whoever accepts may not do themselves.
 */
export async function acceptDraft(ctx: RequestContext, input: AcceptDraftInput & { id: string }): Promise<AiDraftJson> {
  const tenantId = authorize(ctx, "ai_drafts.decide");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const draft = await readDraft(tx, tenantId, input.id);
      const text = input.text ?? draft.text;
      if (text !== null || draft.actions.some(writesNote)) assertAllowed(ctx.actor, "messages.send");
      if (draft.actions.length > 0) assertAllowed(ctx.actor, "tickets.change");
      await holdAssignable(tx, tenantId, assignableIn(draft.actions));
      // A ticket into which others were merged has several conversations, which are locked in the order of their ids.
      const locked = draft.ticketId === null ? null : await lockTicket(tx, tenantId, draft.ticketId);
      const conversation = await lockConversation(tx, tenantId, draft.conversationId);
      const isEdited = input.text !== undefined && input.text !== draft.text;
      const decided = await decideDraft(
        ctx,
        tx,
        draft,
        conversation,
        isEdited ? { state: "EDITED", finalText: input.text } : { state: "ACCEPTED" },
      );
      if (draft.messageId !== null) await assertNewest(tx, conversation, draft.messageId);
      if (locked) assertNotMerged(locked.ticket);
      const ticketId = draft.ticketId ?? undefined;
      const sent =
        text === null ? null : await appendMessage(ctx, tx, conversation, { text, isInternal: false, ticketId });
      if (locked) await doProposed(ctx, tx, locked, draft);
      return toDraftJson(sent ? await noteSent(tx, draft, sent.id) : decided);
    }),
  );
}

function writesNote(action: RuleAction): boolean {
  return action.type === "add_note" || (action.type === "escalate" && action.note !== undefined);
}

async function doProposed(ctx: RequestContext, tx: Tx, locked: LockedTicket, { actions }: DraftRow): Promise<void> {
  if (actions.length === 0) return;
  const { tenantId, id: ticketId } = locked.ticket;
  const values = await loadTemplateValues(ctx, tx, tenantId, { ticketId });
  const steps = actions.map((action, position) => ({ position, action }));
  await doActions(ctx, tx, locked, steps, { by: asChanger(ctx.actor), author: asAuthor(ctx.actor), values });
}

async function noteSent(tx: Tx, { tenantId, id }: DraftRow, messageId: string): Promise<DraftRow> {
  const [draft] = await sqlOf(tx).rows(NOTE_SENT, [tenantId, id, messageId]);
  if (!draft) throw new Error(`draft ${id} is gone although it was decided`);
  return toDraftRow(draft);
}
