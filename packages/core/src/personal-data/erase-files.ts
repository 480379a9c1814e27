import { statement } from "@parley/db";
import { z } from "zod";
import type { StepInput, StepOutcome } from "./step.ts";

/** Each takes its chunks along, of which there may be some hundreds. */
const PAGE = 10;
const NIL = "00000000-0000-0000-0000-000000000000";
const FIRST = { conversationId: NIL, occurredAt: "-infinity", id: NIL };
const place = z.object({ conversationId: z.string(), occurredAt: z.string(), id: z.string() });

// conversation_tenant_id_contact_id_idx, message_tenant_id_conversation_id_occurred_at_id_idx,
// message_attachment_tenant_id_message_id_idx. From the message on at which the page before has ended: it may have more.
const FIND = statement<z.infer<typeof place> & { attachmentId: string }>(
  "erasure_find_files",
  `select m.conversation_id as "conversationId", m.occurred_at::text as "occurredAt", m.id, a.id as "attachmentId"
     from message m
    cross join lateral (
      select id from message_attachment where tenant_id = m.tenant_id and message_id = m.id limit 1000
    ) a
    where m.tenant_id = $1
      and m.conversation_id = any (array(select c.id from conversation c where c.tenant_id = $1 and c.contact_id = $2))
      and (m.conversation_id, m.occurred_at, m.id) >= ($3::uuid, $4::timestamptz, $5::uuid)
    order by m.conversation_id, m.occurred_at, m.id limit $6`,
);
// message_attachment_pkey, media_chunk_pkey. Whoever is fetching such a file finds it gone.
const DELETE = statement(
  "erasure_delete_files",
  "delete from message_attachment where tenant_id = $1 and id = any($2::uuid[])",
);

/** Attachments of their messages, with whatever of their files is here. */
export async function eraseFiles({ sql, erasure }: StepInput): Promise<StepOutcome> {
  const { tenantId, contactId } = erasure;
  const { conversationId, occurredAt, id } = place.nullable().parse(erasure.cursor) ?? FIRST;
  const page = await sql.rows(FIND, [tenantId, contactId, conversationId, occurredAt, id, PAGE]);
  const last = page.at(-1);
  if (!last) return { next: null, counts: {} };
  const attachments = await sql.run(DELETE, [tenantId, page.map(({ attachmentId }) => attachmentId)]);
  const next = { conversationId: last.conversationId, occurredAt: last.occurredAt, id: last.id };
  return { next, counts: { attachments } };
}
