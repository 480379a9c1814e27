import type { Reader } from "../harness/reader.ts";

/** A message as the database has it: of a customer, a note of a rule, or an answer. */
export interface StoredLetter {
  id: string;
  kind: "letter" | "note" | "answer";
  externalId: string | null;
  text: string;
  status: string;
  conversationId: string;
  phone: string;
  /** Told to the log as received or queued. */
  events: number;
}

/** In the order in which they were stored. */
const READ_LETTERS = `
  select m.id, m.external_id as "externalId", m.content ->> 'text' as text, m.status::text,
         m.conversation_id as "conversationId", ltrim(n.value, '+') as phone,
         case when m.direction = 'INBOUND' then 'letter' when m.is_internal then 'note' else 'answer' end as kind,
         (select count(*)::int from event e
           where e.tenant_id = m.tenant_id and e.message_id = m.id
             and e.type in ('MESSAGE_RECEIVED', 'MESSAGE_QUEUED')) as events
    from message m
    join conversation c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    join contact_identifier n on n.tenant_id = c.tenant_id and n.contact_id = c.contact_id and n.type = 'WHATSAPP'
   order by m.id`;

export function readLetters(reader: Reader): Promise<StoredLetter[]> {
  return reader.rows<StoredLetter>(READ_LETTERS);
}
