import { statement, type AttachmentKind, type Sql } from "@parley/db";
import { newId } from "@parley/runtime";
import type { AttachmentKey } from "../media/index.ts";
import type { IncomingMessage } from "./incoming-message.ts";
import type { RoutedMessage } from "./route-parts.ts";

// message_tenant_id_inbox_id_external_id_key
const FIND_KNOWN = statement<{ inboxId: string; externalId: string }>(
  "message_find_known",
  `select m.inbox_id as "inboxId", m.external_id as "externalId"
     from unnest($1::uuid[], $2::uuid[], $3::text[]) as k (tenant_id, inbox_id, external_id)
     join message m using (tenant_id, inbox_id, external_id)`,
);

const INSERT_MESSAGES = statement(
  "message_insert_incoming",
  `insert into message (tenant_id, id, conversation_id, ticket_id, inbox_id, direction, type, status, sender_type, sender_id,
                        content, external_id, reply_to_external_id, occurred_at, sent_at, created_at, updated_at)
   select tenant_id, id, conversation_id, ticket_id, inbox_id, direction, type, status, sender_type, sender_id,
          content, external_id, reply_to_external_id, occurred_at, occurred_at, $14, $14
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::message_direction[], $7::text[],
                 $8::message_status[], $9::sender_type[], $10::uuid[], $11::jsonb[], $12::text[], $13::text[],
                 $15::timestamptz[])
          as m (tenant_id, id, conversation_id, ticket_id, inbox_id, direction, type, status, sender_type, sender_id,
                content, external_id, reply_to_external_id, occurred_at)`,
);

const INSERT_ATTACHMENTS = statement(
  "attachment_insert",
  `insert into message_attachment (tenant_id, id, message_id, kind, mime_type, file_name, sha256, provider_media_id,
                                   next_fetch_at)
   select *, $9
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::attachment_kind[], $5::text[], $6::text[], $7::text[], $8::text[])`,
);

const TOUCH_CONVERSATIONS = statement(
  "conversation_touch",
  `update conversation c
      set last_message_id = case when c.last_message_id is null or (u.last_at, u.last_id) > (c.last_message_at, c.last_message_id)
                                 then u.last_id else c.last_message_id end,
          last_message_at = case when c.last_message_id is null then u.last_at else greatest(c.last_message_at, u.last_at) end,
          unread_count = c.unread_count + case when c.is_muted then 0 else u.unread end,
          window_expires_at = greatest(c.window_expires_at, u.window_expires_at),
          last_inbound_at = greatest(c.last_inbound_at, u.last_inbound_at),
          status = case when u.unread > 0 then 'OPEN' else c.status end,
          version = c.version + 1
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::int[], $6::timestamptz[], $7::timestamptz[])
          as u (tenant_id, id, last_id, last_at, unread, window_expires_at, last_inbound_at)
    where c.tenant_id = u.tenant_id and c.id = u.id`,
);

/** WhatsApp: free-form replies are allowed for 24 hours after the customer's last message. */
const WINDOW_MS = 24 * 3_600_000;

/** Leaves out what was delivered before, and what comes twice in this batch. Holds under the conversations' locks. */
export async function withoutKnown<Message extends RoutedMessage>(
  sql: Sql,
  messages: readonly Message[],
): Promise<Message[]> {
  if (messages.length === 0) return [];
  const rows = await sql.rows(FIND_KNOWN, [
    messages.map((message) => message.inbox.tenantId),
    messages.map((message) => message.inbox.id),
    messages.map((message) => message.part.externalId),
  ]);
  const known = new Set(rows.map((row) => `${row.inboxId} ${row.externalId}`));
  return messages.filter((message) => {
    const key = `${message.inbox.id} ${message.part.externalId}`;
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}

/** Writes the messages with their attachments, whose files are to be fetched, and brings their conversations up to date. */
export async function storeMessages(
  sql: Sql,
  messages: readonly IncomingMessage[],
  ticketOf: ReadonlyMap<string, string>,
  at: Date,
): Promise<AttachmentKey[]> {
  const column = <T>(of: (message: IncomingMessage) => T): T[] => messages.map(of);
  await sql.run(INSERT_MESSAGES, [
    column((message) => message.inbox.tenantId),
    column((message) => message.id),
    column((message) => message.conversation.id),
    column((message) => ticketOf.get(message.id) ?? null),
    column((message) => message.inbox.id),
    column((message) => message.part.direction),
    column((message) => message.part.type),
    column((message) => (isInbound(message) ? "RECEIVED" : "SENT")),
    // An echo was written by somebody of the business whom we do not know.
    column((message) => (isInbound(message) ? "CONTACT" : "AGENT")),
    column((message) => (isInbound(message) ? message.contact.id : null)),
    column((message) => JSON.stringify(message.part.content)),
    column((message) => message.part.externalId),
    column((message) => message.part.replyToExternalId ?? null),
    at,
    column((message) => message.part.occurredAt),
  ]);
  const files = await storeAttachments(sql, messages, at);
  await touchConversations(sql, messages);
  return files;
}

function isInbound(message: IncomingMessage): boolean {
  return message.part.direction === "INBOUND";
}

async function storeAttachments(sql: Sql, messages: readonly IncomingMessage[], at: Date): Promise<AttachmentKey[]> {
  const attachments = messages.flatMap((message) =>
    message.part.attachments.map((attachment) => ({
      key: { tenantId: message.inbox.tenantId, attachmentId: newId() },
      messageId: message.id,
      attachment,
    })),
  );
  if (attachments.length === 0) return [];
  await sql.run(INSERT_ATTACHMENTS, [
    attachments.map(({ key }) => key.tenantId),
    attachments.map(({ key }) => key.attachmentId),
    attachments.map(({ messageId }) => messageId),
    attachments.map(({ attachment }): AttachmentKind => attachment.kind),
    attachments.map(({ attachment }) => attachment.mimeType),
    attachments.map(({ attachment }) => attachment.fileName ?? null),
    attachments.map(({ attachment }) => attachment.sha256 ?? null),
    attachments.map(({ attachment }) => attachment.providerMediaId),
    at,
  ]);
  return attachments.map(({ key }) => key);
}

/** In the order of the conversation: by the provider's time, then by arrival. Batches may be applied in another. */
function isNewer(a: IncomingMessage, b: IncomingMessage): boolean {
  const difference = a.part.occurredAt.getTime() - b.part.occurredAt.getTime();
  return difference === 0 ? a.id > b.id : difference > 0;
}

async function touchConversations(sql: Sql, messages: readonly IncomingMessage[]): Promise<void> {
  const touched = [...Map.groupBy(messages, (message) => message.conversation.id)].map(([id, list]) => {
    const last = list.reduce((a, b) => (isNewer(a, b) ? a : b));
    const opening = list.filter((message) => message.part.opensWindow);
    const writtenAt = latest(opening.map((message) => message.part.occurredAt));
    return {
      tenantId: last.inbox.tenantId,
      id,
      lastId: last.id,
      lastAt: last.part.occurredAt,
      unread: list.filter((message) => message.part.opensTicket).length,
      windowExpiresAt: writtenAt && new Date(writtenAt.getTime() + WINDOW_MS),
      lastInboundAt: latest(opening.map((message) => message.arrivedAt)),
    };
  });
  await sql.run(TOUCH_CONVERSATIONS, [
    touched.map((row) => row.tenantId),
    touched.map((row) => row.id),
    touched.map((row) => row.lastId),
    touched.map((row) => row.lastAt),
    touched.map((row) => row.unread),
    touched.map((row) => row.windowExpiresAt),
    touched.map((row) => row.lastInboundAt),
  ]);
}

function latest(times: readonly Date[]): Date | null {
  return times.reduce<Date | null>((last, time) => (last === null || time > last ? time : last), null);
}
