import { sqlOf, statement, type AnyTx } from "@parley/db";

/** A text of a conversation, as tasks go by it. */
export interface ThreadMessage {
  id: string;
  /** `agent` is everybody who writes for the company, machines included. */
  from: "contact" | "agent";
  text: string;
  at: Date;
  /** What it found is answered; questions about how satisfied somebody is answer nothing. */
  isAnswer: boolean;
}

const MOST = 200;

// What nobody has seen, notes and failures, is not part of what was said; nor is what was taken back.
const SAID = `coalesce(m.content ->> 'text', '') <> '' and not (m.content ? 'revokedAt') and not m.is_internal
          and m.status not in ('SCHEDULED', 'FAILED', 'CANCELLED')`;
const COLUMNS = `m.id, case m.direction when 'INBOUND' then 'contact' else 'agent' end as "from",
          m.content ->> 'text' as text, m.occurred_at as at,
          m.direction = 'OUTBOUND' and (m.answered_count is not null or m.sender_type in ('AGENT', 'AI')) as "isAnswer"`;

// message_tenant_id_conversation_id_occurred_at_id_idx
const OF_CONVERSATION = statement<ThreadMessage>(
  "assistance_thread_of_conversation",
  `select ${COLUMNS} from message m
    where m.tenant_id = $1 and m.conversation_id = $2 and ${SAID}
    order by m.occurred_at desc, m.id desc
    limit $3`,
);
// message_tenant_id_conversation_id_occurred_at_id_idx, from its end.
const NEWEST_OF_CONTACT = statement<{ id: string }>(
  "assistance_newest_of_contact",
  `select m.id from message m
    where m.tenant_id = $1 and m.conversation_id = $2 and m.direction = 'INBOUND' and ${SAID}
    order by m.occurred_at desc, m.id desc
    limit 1`,
);
const OF_TICKET = statement<ThreadMessage>(
  "assistance_thread_of_ticket",
  `select ${COLUMNS} from message m
    where m.tenant_id = $1 and m.conversation_id = any($2::uuid[]) and m.ticket_id = $4 and ${SAID}
    order by m.occurred_at desc, m.id desc
    limit $3`,
);
const COUNT_OF_TICKET = statement<TicketThread["counts"]>(
  "assistance_count_of_ticket",
  `select count(*) filter (where m.direction = 'INBOUND')::int as contact,
          count(*) filter (where m.direction = 'OUTBOUND')::int as agent
     from message m
    where m.tenant_id = $1 and m.conversation_id = any($2::uuid[]) and m.ticket_id = $3 and ${SAID}`,
);
const FIRST_OF_TICKET = statement<ThreadMessage>(
  "assistance_first_of_ticket",
  `select ${COLUMNS} from message m
    where m.tenant_id = $1 and m.conversation_id = any($2::uuid[]) and m.ticket_id = $3 and m.direction = 'INBOUND'
      and ${SAID}
    order by m.occurred_at, m.id
    limit 1`,
);

/** The newest texts of a conversation, oldest first. */
export async function readConversationThread(
  tx: AnyTx,
  tenantId: string,
  conversationId: string,
): Promise<ThreadMessage[]> {
  const rows = await sqlOf(tx).rows(OF_CONVERSATION, [tenantId, conversationId, MOST]);
  return rows.toReversed();
}

/** The newest text of the contact in a conversation, by its id. */
export async function findNewestOfContact(
  tx: AnyTx,
  tenantId: string,
  conversationId: string,
): Promise<string | undefined> {
  const [newest] = await sqlOf(tx).rows(NEWEST_OF_CONTACT, [tenantId, conversationId]);
  return newest?.id;
}

/** What was said in a ticket: its newest texts, oldest first, with the contact's very first one, and how many there are. */
export interface TicketThread {
  messages: ThreadMessage[];
  first: ThreadMessage | undefined;
  counts: Record<ThreadMessage["from"], number>;
}

/** `conversationIds` are those of the ticket and of what was merged into it. */
export async function readTicketThread(
  tx: AnyTx,
  tenantId: string,
  { id, conversationIds }: { id: string; conversationIds: readonly string[] },
): Promise<TicketThread> {
  const sql = sqlOf(tx);
  const newest = await sql.rows(OF_TICKET, [tenantId, conversationIds, MOST, id]);
  const [first] = await sql.rows(FIRST_OF_TICKET, [tenantId, conversationIds, id]);
  const [counts = { contact: 0, agent: 0 }] = await sql.rows(COUNT_OF_TICKET, [tenantId, conversationIds, id]);
  return { messages: newest.toReversed(), first, counts };
}
