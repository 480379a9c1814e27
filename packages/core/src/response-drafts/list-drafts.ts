import { unnamed, type AiDraftState } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { DRAFT_COLUMNS, toDraftJson, toDraftRow, type SelectedDraft } from "./draft-row.ts";
import type { AiDraftJson, ListDraftsQuery } from "./schemas.ts";

/** Written as it is, so that the planner finds the partial index of what waits. */
const STATES: Record<AiDraftState, string> = {
  PENDING: "d.state = 'PENDING'",
  ACCEPTED: "d.state = 'ACCEPTED'",
  EDITED: "d.state = 'EDITED'",
  REJECTED: "d.state = 'REJECTED'",
  SUPERSEDED: "d.state = 'SUPERSEDED'",
};

/**
 * Newest first; ids are time-ordered. Relies on ai_response_draft_pending_idx, on
 * ai_response_draft_tenant_id_conversation_id_id_idx, also for the conversations of a ticket, and else on the key.
 */
export async function listDrafts(ctx: RequestContext, query: ListDraftsQuery): Promise<Page<AiDraftJson>> {
  const tenantId = authorize(ctx, "ai_drafts.read");
  const { conversationId, ticketId, state, limit } = query;
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const values: unknown[] = [tenantId];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ["d.tenant_id = $1"];
  if (conversationId !== undefined) conditions.push(`d.conversation_id = ${bind(conversationId)}`);
  if (ticketId !== undefined) {
    const ticket = bind(ticketId);
    conditions.push(
      `d.ticket_id = ${ticket}`,
      `d.conversation_id in (
         select t.conversation_id from ticket t where t.tenant_id = $1 and t.id = ${ticket}
         union
         select t.conversation_id from ticket t where t.tenant_id = $1 and t.merged_into_id = ${ticket})`,
    );
  }
  if (state !== undefined) conditions.push(STATES[state]);
  if (before !== undefined) conditions.push(`d.id < ${bind(before)}`);
  const find = unnamed<SelectedDraft>(
    `select ${DRAFT_COLUMNS} from ai_response_draft d
      where ${conditions.join(" and ")} order by d.id desc limit ${bind(rowsToRead(limit))}`,
  );
  const rows = await ctx.database.tenantSql(tenantId).rows(find, values);
  return mapPage(
    cutPage(rows, limit, (draft) => [draft.id]),
    (draft) => toDraftJson(toDraftRow(draft)),
  );
}
