import { statement } from "@parley/db";
import { z } from "zod";
import { ERASED_TEXT } from "./erase-rule-traces.ts";
import type { StepInput, StepOutcome } from "./step.ts";

const PAGE = 500;
const NIL = "00000000-0000-0000-0000-000000000000";
const FIRST = { conversationId: NIL, occurredAt: "-infinity", id: NIL };
const place = z.object({ conversationId: z.string(), occurredAt: z.string(), id: z.string() });

// conversation_tenant_id_contact_id_idx, message_tenant_id_conversation_id_occurred_at_id_idx
const FIND = statement<z.infer<typeof place>>(
  "erasure_find_messages",
  `select m.conversation_id as "conversationId", m.occurred_at::text as "occurredAt", m.id
     from message m
    where m.tenant_id = $1
      and m.conversation_id = any (array(select c.id from conversation c where c.tenant_id = $1 and c.contact_id = $2))
      and (m.conversation_id, m.occurred_at, m.id) > ($3::uuid, $4::timestamptz, $5::uuid)
    order by m.conversation_id, m.occurred_at, m.id limit $6`,
);
// conversation_pkey
const LOCK_CONVERSATIONS = statement<object>(
  "erasure_lock_conversations",
  "select from conversation c where c.tenant_id = $1 and c.id = any($2::uuid[]) order by c.id for no key update",
);
// message_pkey. Ids of providers hold numbers of people.
const ERASE = statement(
  "erasure_erase_messages",
  `with locked as (
     select tenant_id, id from message where tenant_id = $1 and id = any($2::uuid[]) order by id for no key update
   )
   update message m
      set content = jsonb_build_object('erasedAt', $3::text), external_id = null, reply_to_external_id = null,
          error = case when m.error is null then null
                       else jsonb_build_object('code', m.error -> 'code', 'title', 'Erased', 'detail', $4::text,
                                               'retryable', false) end
     from locked where m.tenant_id = locked.tenant_id and m.id = locked.id`,
);
// outbound_attempt_tenant_id_message_id_number_key
const ERASE_ATTEMPTS = statement(
  "erasure_erase_attempts",
  `update outbound_attempt
      set external_id = null,
          error = case when error is null then null
                       else jsonb_build_object('code', error -> 'code', 'title', 'Erased', 'detail', $3::text,
                                               'retryable', false) end
    where tenant_id = $1 and message_id = any($2::uuid[]) and (external_id is not null or error is not null)`,
);
// message_attachment_tenant_id_message_id_idx
const DELETE_ATTACHMENTS = statement(
  "erasure_delete_attachments",
  "delete from message_attachment where tenant_id = $1 and message_id = any($2::uuid[])",
);
// message_understanding_pkey
const DELETE_UNDERSTANDING = statement(
  "erasure_delete_understanding",
  "delete from message_understanding where tenant_id = $1 and message_id = any($2::uuid[])",
);

/**
 * What was written, by whomever: messages of both sides and notes in their conversations. The rows stay, so that order and
 * counts hold; what they say is gone, with attachments, and with what providers call them.
 */
export async function eraseMessages({ ctx, sql, erasure }: StepInput): Promise<StepOutcome> {
  const { tenantId, contactId } = erasure;
  const { conversationId, occurredAt, id } = place.nullable().parse(erasure.cursor) ?? FIRST;
  const page = await sql.rows(FIND, [tenantId, contactId, conversationId, occurredAt, id, PAGE]);
  const last = page.at(-1);
  if (!last) return { next: null, counts: {} };
  const ids = page.map((each) => each.id);
  await sql.rows(LOCK_CONVERSATIONS, [tenantId, [...new Set(page.map((each) => each.conversationId))]]);
  const messages = await sql.run(ERASE, [tenantId, ids, ctx.clock.now().toISOString(), ERASED_TEXT]);
  await sql.run(ERASE_ATTEMPTS, [tenantId, ids, ERASED_TEXT]);
  const attachments = await sql.run(DELETE_ATTACHMENTS, [tenantId, ids]);
  await sql.run(DELETE_UNDERSTANDING, [tenantId, ids]);
  return { next: last, counts: { messages, ...(attachments > 0 && { attachments }) } };
}
