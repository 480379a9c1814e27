import { statement } from "@parley/db";
import type { StepInput, StepOutcome } from "./step.ts";

// conversation_tenant_id_contact_id_idx. A provider's thread may be called like a person or their order.
const ERASE = statement<{ id: string }>(
  "erasure_erase_conversations",
  `with locked as (
     select c.tenant_id, c.id from conversation c where c.tenant_id = $1 and c.contact_id = $2 order by c.id for no key update
   )
   update conversation c
      set external_thread_id = case when c.external_thread_id = '' then '' else c.id::text end
     from locked where c.tenant_id = locked.tenant_id and c.id = locked.id
   returning c.id`,
);
const DELETE_DRAFTS = statement(
  "erasure_delete_drafts",
  "delete from draft d where d.tenant_id = $1 and d.conversation_id = any($2::uuid[])",
);
// ai_response_draft_tenant_id_conversation_id_id_idx
const ERASE_AI_DRAFTS = statement(
  "erasure_erase_ai_drafts",
  `update ai_response_draft
      set text = '', final_text = null, sources = '[]', actions = '[]', reason = null,
          state = case when state = 'PENDING' then 'SUPERSEDED' else state end
    where tenant_id = $1 and conversation_id = any($2::uuid[])`,
);

/** What agents have begun to write to them, and what machines have suggested: that they did, and what became of it, stays. */
export async function eraseConversations({ sql, erasure }: StepInput): Promise<StepOutcome> {
  const { tenantId, contactId } = erasure;
  const ids = (await sql.rows(ERASE, [tenantId, contactId])).map(({ id }) => id);
  const drafts = await sql.run(DELETE_DRAFTS, [tenantId, ids]);
  const aiDrafts = await sql.run(ERASE_AI_DRAFTS, [tenantId, ids]);
  return {
    next: null,
    counts: { conversations: ids.length, ...(drafts > 0 && { drafts }), ...(aiDrafts > 0 && { aiDrafts }) },
  };
}
