import type { Reader } from "../harness/reader.ts";

/** A message as the database has it, with whom and what it hangs on. */
export interface StoredMessage {
  id: string;
  externalId: string;
  phoneNumberId: string;
  conversationId: string;
  direction: string;
  status: string;
  text: string | null;
  writtenAt: number;
  contactName: string | null;
  /** `type value`, sorted. */
  identifiers: string[];
  ticketId: string | null;
  ticketConversationId: string | null;
}

/** In the order of their conversations: by the provider's time, then by arrival. */
const READ_MESSAGES = `
  select m.id, m.external_id as "externalId", i.external_id as "phoneNumberId", m.conversation_id as "conversationId",
         m.direction, m.status, m.content ->> 'text' as text, extract(epoch from m.occurred_at)::float8 as "writtenAt",
         p.name as "contactName",
         array(select n.type || ' ' || n.value from contact_identifier n
                where n.tenant_id = p.tenant_id and n.contact_id = p.id order by 1) as identifiers,
         m.ticket_id as "ticketId", t.conversation_id as "ticketConversationId"
    from message m
    join inbox i on i.tenant_id = m.tenant_id and i.id = m.inbox_id
    join conversation c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    join contact p on p.tenant_id = c.tenant_id and p.id = c.contact_id
    left join ticket t on t.tenant_id = m.tenant_id and t.id = m.ticket_id
   order by m.conversation_id, m.occurred_at, m.id`;

export function readMessages(reader: Reader): Promise<StoredMessage[]> {
  return reader.rows<StoredMessage>(READ_MESSAGES);
}

/** Provider ids are unique within an inbox. */
export function messageKey(message: { phoneNumberId: string; externalId: string }): string {
  return `${message.phoneNumberId} ${message.externalId}`;
}
