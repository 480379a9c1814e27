import {
  statement,
  type Channel,
  type ConversationStatus,
  type Sql,
  type TicketPriority,
  type TicketStatus,
} from "@parley/db";
import { isOpen, type WorkCalendar } from "@parley/calendar";
import { understand } from "@parley/understanding";
import type { Facts, MessageFacts, UnderstandingFacts } from "../rule-conditions/index.ts";
import { asMessageUnderstanding, LOCAL, type MessageUnderstanding } from "../understanding/index.ts";
import type { RuleEvent } from "./read-events.ts";
import { changesOf } from "./triggers.ts";

interface FactsRow {
  seq: string;
  tenantId: string;
  ticketId: string;
  status: TicketStatus;
  priority: TicketPriority;
  subject: string | null;
  category: string | null;
  sentiment: string | null;
  tags: string[];
  orderRef: string | null;
  assigneeId: string | null;
  teamId: string | null;
  reopenedCount: number;
  isSnoozed: boolean;
  isAnswered: boolean;
  ticketCreatedAt: Date;
  attributes: Record<string, unknown>;
  conversationStatus: ConversationStatus;
  conversationTags: string[];
  unreadCount: number;
  isMuted: boolean;
  windowExpiresAt: Date | null;
  contactName: string | null;
  identifiers: { type: string; value: string }[] | null;
  inboxId: string;
  inboxName: string;
  channel: Channel;
}

// ticket_pkey, conversation_pkey, contact_pkey, inbox_pkey; contact_identifier by its contact
const READ_FACTS = statement<FactsRow>(
  "rule_facts_read",
  `select k.seq, t.tenant_id as "tenantId", t.id as "ticketId", t.status, t.priority, t.subject, t.category, t.sentiment,
          t.tags, t.order_ref as "orderRef", t.assignee_id as "assigneeId", t.team_id as "teamId",
          t.reopened_count as "reopenedCount", t.snoozed_at is not null as "isSnoozed",
          t.first_response_at is not null as "isAnswered", t.created_at as "ticketCreatedAt", t.attributes,
          c.status as "conversationStatus", c.tags as "conversationTags", c.unread_count as "unreadCount",
          c.is_muted as "isMuted", c.window_expires_at as "windowExpiresAt", p.name as "contactName",
          (select json_agg(json_build_object('type', i.type, 'value', i.value) order by i.is_primary desc, i.value)
             from contact_identifier i where i.tenant_id = p.tenant_id and i.contact_id = p.id) as identifiers,
          b.id as "inboxId", b.name as "inboxName", b.channel
     from unnest($1::uuid[], $2::text[], $3::uuid[]) as k (tenant_id, seq, ticket_id)
     join ticket t on t.tenant_id = k.tenant_id and t.id = k.ticket_id
     join conversation c on c.tenant_id = t.tenant_id and c.id = t.conversation_id
     join contact p on p.tenant_id = t.tenant_id and p.id = t.contact_id
     join inbox b on b.tenant_id = t.tenant_id and b.id = t.inbox_id`,
);

interface MessageRow {
  seq: string;
  id: string;
  type: string;
  text: string | null;
  hasAttachments: boolean;
  understanding: MessageUnderstanding | null;
}

// message_pkey, message_understanding_pkey, message_attachment by its message
const READ_MESSAGES = statement<MessageRow>(
  "rule_messages_read",
  `select k.seq, m.id, m.type, m.content ->> 'text' as text,
          exists (select from message_attachment a where a.tenant_id = m.tenant_id and a.message_id = m.id)
            as "hasAttachments",
          case when u.message_id is null then null else
            json_build_object('language', u.language, 'sentiment', u.sentiment, 'sentimentScore', u.sentiment_score,
                              'intent', u.intent, 'intentConfidence', u.intent_confidence, 'urgency', u.urgency,
                              'wantsHuman', u.wants_human, 'entities', u.entities, 'source', u.source)
            end as understanding
     from unnest($1::uuid[], $2::text[], $3::uuid[]) with ordinality as k (tenant_id, seq, message_id, position)
     join message m on m.tenant_id = k.tenant_id and m.id = k.message_id and not m.content ? 'revokedAt'
     left join message_understanding u on u.tenant_id = m.tenant_id and u.message_id = m.id
    order by k.position`,
);

/** What is to be known of a tenant besides. */
export interface FactsSetting {
  now: Date;
  calendarOf: (this: void, tenantId: string) => WorkCalendar;
  /** Whether what the tenant's customers write is to be understood at all. */
  isUnderstood: (this: void, tenantId: string) => boolean;
}

/**
 * The facts of events, by their `seq`, as they are now; set-wise. An event whose ticket there is not, or which is about
 * none, has none.
 */
export async function loadFacts(
  sql: Sql,
  events: readonly RuleEvent[],
  { now, calendarOf, isUnderstood }: FactsSetting,
): Promise<ReadonlyMap<string, Facts>> {
  const about = events.flatMap((event) => (event.ticketId === null ? [] : [{ ...event, ticketId: event.ticketId }]));
  if (about.length === 0) return new Map();
  const rows = await sql.rows(READ_FACTS, [
    about.map(({ tenantId }) => tenantId),
    about.map(({ seq }) => seq),
    about.map(({ ticketId }) => ticketId),
  ]);
  const messages = await loadMessages(sql, about, isUnderstood);
  const eventOf = new Map(about.map((event) => [event.seq, event]));
  return new Map(
    rows.flatMap((row) => {
      const event = eventOf.get(row.seq);
      if (!event) return [];
      const { minutes, because } = event.data;
      const facts: Facts = {
        ...toFacts(row),
        message: messages.get(row.seq) ?? null,
        changes: changesOf(event),
        event: { actor: event.actorType.toLowerCase(), because: typeof because === "string" ? because : null },
        waitedMinutes: event.type === "NO_ANSWER_TIMEOUT" && typeof minutes === "number" ? minutes : null,
        isOpen: isOpen(calendarOf(row.tenantId), now),
        now,
      };
      return [[row.seq, facts] as const];
    }),
  );
}

function toFacts(row: FactsRow): Pick<Facts, "ticket" | "conversation" | "contact" | "inbox"> {
  const { ticketId, ticketCreatedAt, conversationStatus, conversationTags, contactName, identifiers, inboxName } = row;
  const { unreadCount, isMuted, windowExpiresAt, inboxId, channel, ...ticket } = row;
  return {
    ticket: { ...ticket, id: ticketId, createdAt: ticketCreatedAt },
    conversation: { status: conversationStatus, tags: conversationTags, unreadCount, isMuted, windowExpiresAt },
    contact: { name: contactName, identifiers: identifiers ?? [] },
    inbox: { id: inboxId, name: inboxName, channel },
  };
}

async function loadMessages(
  sql: Sql,
  events: readonly RuleEvent[],
  isUnderstood: FactsSetting["isUnderstood"],
): Promise<ReadonlyMap<string, MessageFacts>> {
  const wanted = events.flatMap((event) =>
    messageIdsOf(event).map((messageId) => ({ tenantId: event.tenantId, seq: event.seq, messageId })),
  );
  if (wanted.length === 0) return new Map();
  const rows = await sql.rows(READ_MESSAGES, [
    wanted.map(({ tenantId }) => tenantId),
    wanted.map(({ seq }) => seq),
    wanted.map(({ messageId }) => messageId),
  ]);
  const ofEvent = Map.groupBy(rows, ({ seq }) => seq);
  const tenantOf = new Map(events.map(({ seq, tenantId }) => [seq, tenantId]));
  const isUnderstoodOf = (seq: string): boolean => isUnderstood(tenantOf.get(seq) ?? "");
  return new Map([...ofEvent].map(([seq, ofOne]) => [seq, joinMessages(ofOne, isUnderstoodOf(seq))] as const));
}

/** Of a turn all that the customer has written in it, else the event's own message. */
function messageIdsOf({ type, messageId, data }: RuleEvent): string[] {
  const { messageIds } = data;
  if (type === "TURN_DUE" && Array.isArray(messageIds)) return messageIds.filter((id) => typeof id === "string");
  return messageId === null ? [] : [messageId];
}

function joinMessages(rows: readonly MessageRow[], isUnderstood: boolean): MessageFacts {
  const text = rows.flatMap((row) => (row.text === null ? [] : [row.text])).join("\n");
  return {
    text,
    type: rows.at(-1)?.type ?? "text",
    hasAttachments: rows.some(({ hasAttachments }) => hasAttachments),
    count: rows.length,
    understanding: understandingOf(rows, text, isUnderstood),
  };
}

/**
 * What was said in several messages is understood as one, unless a model has understood them: then the newest counts. In
 * whichever the customer asks for a person, they do.
 */
function understandingOf(rows: readonly MessageRow[], text: string, isUnderstood: boolean): UnderstandingFacts | null {
  const stored = rows.flatMap(({ understanding }) => (understanding === null ? [] : [understanding]));
  const newest = stored.at(-1);
  if (newest && (rows.length === 1 || newest.source !== LOCAL)) {
    return { ...newest, wantsHuman: stored.some(({ wantsHuman }) => wantsHuman) };
  }
  if (!isUnderstood || text === "") return newest ?? null;
  const asOne = asMessageUnderstanding(understand(text), LOCAL);
  return { ...asOne, wantsHuman: asOne.wantsHuman || stored.some(({ wantsHuman }) => wantsHuman) };
}
