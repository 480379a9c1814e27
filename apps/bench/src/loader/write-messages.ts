import { benchId, benchIdSql } from "../world/bench-ids.ts";
import type { Draw } from "./draw.ts";
import { INBOXES } from "./inboxes.ts";

/** Where somebody tells whether a message was read. */
const WITH_RECEIPTS = INBOXES.flatMap(({ hasThreads }, number) => (hasThreads ? [] : [number]));

const REFUSED = JSON.stringify({
  code: "131026",
  title: "Message undeliverable",
  detail: "The recipient could not receive the message.",
  retryable: false,
});

/** Writes the messages from number $1 to below $2, as they followed each other in time. Nothing is left to be sent. */
export function insertMessages(draw: Draw, tenant: number): string {
  const t = String(tenant);
  return `
    insert into message (tenant_id, id, conversation_id, ticket_id, inbox_id, direction, type, status, sender_type,
                         sender_id, content, external_id, is_internal, error, attempts, failures, occurred_at, sent_at,
                         created_at, updated_at)
    select '${benchId("tenant", tenant)}', id, ${benchIdSql("conversation", t, "conversation")},
           ${benchIdSql("ticket", t, "ticket - 1")}, ${benchIdSql("inbox", t, "inbox")},
           (case when is_inbound then 'INBOUND' else 'OUTBOUND' end)::message_direction, 'text', status::message_status,
           (case when is_inbound then 'CONTACT' else 'AGENT' end)::sender_type,
           case when is_inbound then ${benchIdSql("contact", t, "contact")} else agent_id end,
           jsonb_build_object('text', text),
           case when not is_note and status <> 'FAILED' then 'loaded-' || number end, is_note,
           case when status = 'FAILED' then '${REFUSED}'::jsonb end,
           (not is_inbound and not is_note)::int, (status = 'FAILED')::int, at,
           case when status <> 'FAILED' then at end, at, at
      from (select m.*, c.inbox, c.contact, ${messageStatusSql(draw)} as status
              from plan_message m join plan_conversation c on c.n = m.conversation
             where m.number >= $1 and m.number < $2) m
     order by at, number`;
}

/** What became of a message, as text; of `plan_message m` in `plan_conversation c`. */
export function messageStatusSql(draw: Draw): string {
  const sent = (weights: Record<string, number>): string => draw.weighted("message.status", "m.number", weights);
  return `
    case when m.is_inbound then 'RECEIVED'
         when m.is_note then 'SENT'
         when c.inbox in (${WITH_RECEIPTS.join(", ")}) then ${sent({ READ: 55, DELIVERED: 33, SENT: 10, FAILED: 2 })}
         else ${sent({ SENT: 98, FAILED: 2 })} end`;
}
