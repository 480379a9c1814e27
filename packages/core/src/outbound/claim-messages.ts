import type { IdentifierType } from "@parley/channels";
import { statement, type Channel, type Database } from "@parley/db";
import { newId } from "@parley/runtime";

/** A message that this process, and no other, is about to send. Its attempt is on record. */
export interface ClaimedMessage {
  tenantId: string;
  messageId: string;
  conversationId: string;
  ticketId: string | null;
  contactId: string;
  /** "" where the contact has one thread; else a group or thread of the provider. */
  threadId: string;
  inboxId: string;
  senderId: string | null;
  attempt: number;
  /** How many attempts failed before, since somebody queued the message. */
  failures: number;
  /** How often the provider slowed it down before, since then. */
  slowDowns: number;
  type: string;
  content: { text?: string };
  replyToExternalId: string | null;
  channel: Channel;
  account: string | null;
  credentials: string | null;
  recipientType: IdentifierType | null;
  recipientValue: string | null;
}

// message_pkey, message_unsettled_idx, outbound_attempt_tenant_id_message_id_number_key. A phone is preferred over a
// user id; where there are several, the primary one, then the newest.
const CLAIM = statement<ClaimedMessage>(
  "outbound_claim",
  `with mine as (
     select m.tenant_id, m.id
       from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, id)
       join message m using (tenant_id, id)
      where m.status = 'QUEUED'
      order by m.id
        for no key update of m
   ), claimed as (
     update message m
        set status = 'SENDING', attempts = m.attempts + 1, next_attempt_at = null, updated_at = $4
       from mine
      where m.tenant_id = mine.tenant_id and m.id = mine.id
        and not exists (
          select from message e
           where e.tenant_id = m.tenant_id and e.conversation_id = m.conversation_id
             and e.status in ('QUEUED', 'SENDING') and (e.occurred_at, e.id) < (m.occurred_at, m.id)
        )
     returning m.*
   ), attempted as (
     insert into outbound_attempt (tenant_id, id, message_id, number, requested_at)
     select c.tenant_id, k.attempt_id, c.id, c.attempts, $4
       from claimed c
       join unnest($2::uuid[], $3::uuid[]) as k (id, attempt_id) on k.id = c.id
   )
   select m.tenant_id as "tenantId", m.id as "messageId", m.conversation_id as "conversationId", m.ticket_id as "ticketId",
          c.contact_id as "contactId", m.inbox_id as "inboxId", m.sender_id as "senderId", m.attempts as attempt, m.failures,
          m.slow_downs as "slowDowns", c.external_thread_id as "threadId",
          m.type, m.content, m.reply_to_external_id as "replyToExternalId", i.channel, i.external_id as account,
          i.credentials, r.type as "recipientType", r.value as "recipientValue"
     from claimed m
     join conversation c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
     join inbox i on i.tenant_id = m.tenant_id and i.id = m.inbox_id
     left join lateral (
       select type, value from contact_identifier
        where tenant_id = m.tenant_id and contact_id = c.contact_id
          and (i.channel <> 'WHATSAPP' or type in ('WHATSAPP', 'WHATSAPP_BSUID'))
        order by type, is_primary desc, created_at desc
        limit 1
     ) r on true`,
);

/**
 * Moves QUEUED messages to SENDING and records the attempt, before anything is sent: if this process dies, the
 * record says that nobody knows. Undefined for a message that is no longer ours to send.
 */
export async function claimMessages(
  database: Database,
  messages: readonly { tenantId: string; messageId: string }[],
  now: Date,
): Promise<(ClaimedMessage | undefined)[]> {
  // Two jobs of one message may share the batch; one of them sends it.
  const distinct = [...new Map(messages.map((message) => [message.messageId, message])).values()];
  const rows = await database.system.rows(CLAIM, [
    distinct.map((message) => message.tenantId),
    distinct.map((message) => message.messageId),
    distinct.map(() => newId()),
    now,
  ]);
  const claimed = new Map(rows.map((row) => [row.messageId, row]));
  return messages.map((message) => {
    const row = claimed.get(message.messageId);
    claimed.delete(message.messageId);
    return row;
  });
}
