import { benchId } from "../../world/bench-ids.ts";
import type { BareStatement } from "./bare-batches.ts";
import type { PlannedMessage } from "./plan-events.ts";

/** A message with the ids of all that it belongs to. */
export interface BareRow {
  tenantId: string;
  inboxId: string;
  contactId: string;
  conversationId: string;
  ticketId: string;
  messageId: string;
  message: PlannedMessage;
}

interface StatusOf {
  inbox: number;
  status: { message: number; status: "delivered" | "read" };
}

/** A statement over the columns of `rows`; none where there are no rows. */
function over<Row>(
  name: string,
  text: string,
  rows: readonly Row[],
  columns: readonly ((row: Row) => unknown)[],
  ...more: unknown[]
): BareStatement | undefined {
  if (rows.length === 0) return undefined;
  return { name, text, values: [...columns.map((column) => rows.map(column)), ...more] };
}

const tenant = (row: BareRow): string => row.tenantId;
const contact = (row: BareRow): string => row.contactId;
const conversation = (row: BareRow): string => row.conversationId;
const inbox = (row: BareRow): string => row.inboxId;
const ticket = (row: BareRow): string => row.ticketId;

/** One statement for each table that ingest writes. */
export const BARE = {
  contacts: (rows: readonly BareRow[], at: Date) =>
    over(
      "bare_contacts",
      `insert into contact (tenant_id, id, name, created_at, updated_at)
       select *, $4, $4 from unnest($1::uuid[], $2::uuid[], $3::text[])`,
      rows,
      [tenant, contact, (row) => row.message.name],
      at,
    ),

  identifiers: (rows: readonly BareRow[]) =>
    over(
      "bare_identifiers",
      `insert into contact_identifier (tenant_id, type, value, contact_id, is_primary)
       select tenant_id, 'WHATSAPP', value, contact_id, true
         from unnest($1::uuid[], $2::text[], $3::uuid[]) as k (tenant_id, value, contact_id)`,
      rows,
      [tenant, (row) => `+${row.message.from}`, contact],
    ),

  conversations: (rows: readonly BareRow[], at: Date) =>
    over(
      "bare_conversations",
      `insert into conversation (tenant_id, inbox_id, contact_id, id, last_message_at, created_at)
       select *, $5, $5 from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])`,
      rows,
      [tenant, inbox, contact, conversation],
      at,
    ),

  tickets: (rows: readonly BareRow[], numbers: readonly number[], at: Date) =>
    over(
      "bare_tickets",
      `insert into ticket (tenant_id, id, conversation_id, contact_id, inbox_id, subject, number, channel, created_at, updated_at)
       select *, 'WHATSAPP', $8, $8
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::bigint[])`,
      rows,
      [tenant, ticket, conversation, contact, inbox, (row) => row.message.text.slice(0, 120)],
      numbers,
      at,
    ),

  messages: (rows: readonly BareRow[], at: Date) =>
    over(
      "bare_messages",
      `insert into message (tenant_id, id, conversation_id, ticket_id, inbox_id, direction, type, status, sender_type,
                            sender_id, content, external_id, occurred_at, sent_at, created_at, updated_at)
       select tenant_id, id, conversation_id, ticket_id, inbox_id, 'INBOUND', 'text', 'RECEIVED', 'CONTACT',
              sender_id, content, external_id, $9, $9, $9, $9
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::jsonb[], $8::text[])
              as m (tenant_id, id, conversation_id, ticket_id, inbox_id, sender_id, content, external_id)`,
      rows,
      [
        tenant,
        (row) => row.messageId,
        conversation,
        ticket,
        inbox,
        contact,
        (row) => JSON.stringify({ text: row.message.text }),
        (row) => row.message.externalId,
      ],
      at,
    ),

  events: (rows: readonly (BareRow & { type: string })[]) =>
    over(
      "bare_events",
      `insert into event (tenant_id, type, actor_type, contact_id, conversation_id, ticket_id, message_id, data)
       select tenant_id, type, 'CUSTOMER', contact_id, conversation_id, ticket_id, message_id, '{"type": "text"}'
         from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[])
              as e (tenant_id, type, contact_id, conversation_id, ticket_id, message_id)`,
      rows,
      [tenant, (row) => row.type, contact, conversation, ticket, (row) => row.messageId],
    ),

  statusEvents: (rows: readonly StatusOf[]) =>
    over(
      "bare_status_events",
      `insert into event (tenant_id, type, actor_type, conversation_id, ticket_id, message_id, data)
       select tenant_id, 'MESSAGE_STATUS_CHANGED', 'SYSTEM', conversation_id, ticket_id, message_id, data
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::jsonb[])
              as e (tenant_id, conversation_id, ticket_id, message_id, data)`,
      rows,
      [
        (row) => benchId("tenant", row.inbox),
        (row) => benchId("conversation", row.inbox, row.status.message),
        (row) => benchId("ticket", row.inbox, row.status.message),
        (row) => benchId("message", row.inbox, row.status.message),
        (row) => JSON.stringify({ status: row.status.status }),
      ],
    ),

  touches: (rows: readonly (BareRow & { unread: number })[], at: Date) =>
    over(
      "bare_touches",
      `update conversation c
          set last_message_id = u.message_id, last_message_at = $5, unread_count = c.unread_count + u.unread,
              window_expires_at = $5::timestamptz + interval '24 hours', last_inbound_at = $5, status = 'OPEN',
              version = c.version + 1
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[]) as u (tenant_id, id, message_id, unread)
        where c.tenant_id = u.tenant_id and c.id = u.id`,
      rows,
      [tenant, conversation, (row) => row.messageId, (row) => row.unread],
      at,
    ),

  reopenings: (rows: readonly BareRow[], at: Date) =>
    over(
      "bare_reopenings",
      `update ticket t
          set status = 'OPEN', resolved_at = null, reopened_count = t.reopened_count + 1, updated_at = $3, version = t.version + 1
         from unnest($1::uuid[], $2::uuid[]) as r (tenant_id, id) where t.tenant_id = r.tenant_id and t.id = r.id`,
      rows,
      [tenant, ticket],
      at,
    ),

  statuses: (rows: readonly StatusOf[], at: Date) => {
    // Of two statuses of one message in a batch the later one stays, as it does in the end anyhow.
    const last = [...new Map(rows.map((row) => [`${row.inbox} ${row.status.message}`, row])).values()];
    return over(
      "bare_statuses",
      `update message m set status = s.status, updated_at = $4
         from unnest($1::uuid[], $2::uuid[], $3::message_status[]) as s (tenant_id, id, status)
        where m.tenant_id = s.tenant_id and m.id = s.id`,
      last,
      [
        (row) => benchId("tenant", row.inbox),
        (row) => benchId("message", row.inbox, row.status.message),
        (row) => row.status.status.toUpperCase(),
      ],
      at,
    );
  },

  finished: (rows: readonly { inbox: number; rawEventId: string }[], at: Date) =>
    over(
      "bare_finished",
      `update raw_webhook_event e
          set status = 'APPLIED', attempts = e.attempts + 1, tenant_id = r.tenant_id, inbox_id = r.inbox_id, applied_at = $4
         from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as r (id, tenant_id, inbox_id)
        where e.id = r.id`,
      rows,
      [(row) => row.rawEventId, (row) => benchId("tenant", row.inbox), (row) => benchId("inbox", row.inbox)],
      at,
    ),
};
