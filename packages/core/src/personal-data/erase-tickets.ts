import { statement } from "@parley/db";
import { z } from "zod";
import type { StepInput, StepOutcome } from "./step.ts";

const PAGE = 500;
const NIL = "00000000-0000-0000-0000-000000000000";
const cursorOf = z.string().nullable();

// ticket_tenant_id_contact_id_created_at_idx
const FIND = statement<{ id: string }>(
  "erasure_find_tickets",
  "select id from ticket where tenant_id = $1 and contact_id = $2 and id > $3 order by id limit $4",
);
// ticket_pkey, conversation_pkey
const LOCK_CONVERSATIONS = statement<object>(
  "erasure_lock_conversations_of",
  `select from conversation c
    where c.tenant_id = $1
      and c.id in (select t.conversation_id from ticket t where t.tenant_id = $1 and t.id = any($2::uuid[]))
    order by c.id for no key update`,
);
// ticket_pkey
const ERASE = statement(
  "erasure_erase_tickets",
  `with locked as (
     select tenant_id, id from ticket where tenant_id = $1 and id = any($2::uuid[]) order by id for no key update
   )
   update ticket t set subject = null, order_ref = null, attributes = '{}', version = t.version + 1
     from locked where t.tenant_id = locked.tenant_id and t.id = locked.id`,
);
// ticket_value_change_tenant_id_ticket_id_idx
const DELETE_VALUES = statement(
  "erasure_delete_values",
  "delete from ticket_value_change where tenant_id = $1 and ticket_id = any($2::uuid[])",
);
// search_document_pkey
const DELETE_DOCUMENTS = statement(
  "erasure_delete_documents",
  "delete from search_document where tenant_id = $1 and kind = 'TICKET' and id = any($2::uuid[])",
);

/** What people wrote into tickets. Status, priority, tags and category are the company's own words, and reports go by them. */
export async function eraseTickets({ sql, erasure }: StepInput): Promise<StepOutcome> {
  const { tenantId, contactId } = erasure;
  const after = cursorOf.parse(erasure.cursor) ?? NIL;
  const ids = (await sql.rows(FIND, [tenantId, contactId, after, PAGE])).map(({ id }) => id);
  const last = ids.at(-1);
  if (last === undefined) return { next: null, counts: {} };
  await sql.rows(LOCK_CONVERSATIONS, [tenantId, ids]);
  const tickets = await sql.run(ERASE, [tenantId, ids]);
  await sql.run(DELETE_VALUES, [tenantId, ids]);
  await sql.run(DELETE_DOCUMENTS, [tenantId, ids]);
  return { next: last, counts: { tickets } };
}
