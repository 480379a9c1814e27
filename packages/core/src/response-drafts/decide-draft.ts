import { sqlOf, statement, type AiDraftState, type AnyTx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { actorIdOf, asEventActor, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { DRAFT_COLUMNS, readDraft, toDraftRow, type DraftRow, type SelectedDraft } from "./draft-row.ts";

/** What an agent makes of a draft. */
export interface Decision {
  state: "ACCEPTED" | "EDITED" | "REJECTED";
  finalText?: string | undefined;
  reason?: string | undefined;
}

// ai_response_draft_pkey
const DECIDE = statement<SelectedDraft>(
  "ai_draft_decide",
  `update ai_response_draft d
      set state = $3, final_text = $4, reason = $5, decided_by = $6, decided_at = $7
    where d.tenant_id = $1 and d.id = $2 and d.state = 'PENDING'
   returning ${DRAFT_COLUMNS}`,
);

const BY_NOW: Record<Exclude<AiDraftState, "PENDING">, string> = {
  ACCEPTED: "was accepted",
  EDITED: "was changed and accepted",
  REJECTED: "was rejected",
  SUPERSEDED: "has been overtaken",
};

/** Writes down what became of a draft. Of several who decide it one succeeds; the others are refused as `conflict`. */
export async function decideDraft(
  ctx: RequestContext,
  tx: AnyTx,
  draft: Pick<DraftRow, "tenantId" | "id" | "conversationId" | "ticketId">,
  { contactId }: { contactId: string },
  { state, finalText, reason }: Decision,
): Promise<DraftRow> {
  const { tenantId, id, conversationId, ticketId } = draft;
  const now = ctx.clock.now();
  const values = [tenantId, id, state, finalText ?? null, reason ?? null, actorIdOf(ctx.actor), now];
  const [decided] = await sqlOf(tx).rows(DECIDE, values);
  if (!decided) throw isDecided(await readDraft(tx, tenantId, id));
  await publishEvents(ctx, tx, [
    {
      tenantId,
      contactId,
      conversationId,
      ticketId,
      ...asEventActor(ctx.actor),
      type: "AI_DRAFT_DECIDED",
      data: { draftId: id, state: toJsonEnum(state) },
    },
  ]);
  return toDraftRow(decided);
}

function isDecided({ state, reason }: DraftRow): DomainError {
  if (state === "PENDING") throw new Error("a draft that waits can be decided");
  const why = state === "SUPERSEDED" && reason !== null ? ` (${reason})` : "";
  return new DomainError(
    "conflict",
    `This suggestion ${BY_NOW[state]}${why} by now; read the conversation again, and answer yourself if it is needed.`,
  );
}
