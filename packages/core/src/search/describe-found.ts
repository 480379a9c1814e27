import { statement, type Channel, type Sql } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";
import type { Candidate } from "./found-texts.ts";
import { markParts, snippetOf, type Snippet } from "./mark-text.ts";
import { partsOf } from "./name-query.ts";
import type { FoundJson } from "./schemas.ts";

/** Characters of a text in which words are marked. */
const MAX_TEXT = 10_000;
const HEADLINE = `'HighlightAll=true, StartSel="\uE000", StopSel="\uE001"'`;

interface Shown {
  id: string;
  contactId: string;
  contactName: string | null;
  conversationId: string | null;
  ticketId: string | null;
  ticketNumber: string | null;
  inboxId: string | null;
  channel: Channel | null;
  status: string | null;
  at: Date;
  title: string | null;
  /** What was looked through, and the same with what was found marked. */
  text: string | null;
  marked: string | null;
  values?: string[];
}

const KEYS = "unnest($2::uuid[], $3::text[]) k (id, language)";

// message_pkey, conversation_pkey, contact_pkey, inbox_pkey, ticket_pkey. What was taken back is not shown.
const MESSAGES = statement<Shown>(
  "search_show_messages",
  `select m.id, c.contact_id as "contactId", p.name as "contactName", m.conversation_id as "conversationId",
          m.ticket_id as "ticketId", t.number as "ticketNumber", m.inbox_id as "inboxId", i.channel, m.status::text as status,
          m.occurred_at as at, p.name as title, said.text, ${marked("said.text", "false")} as marked
     from ${KEYS}
     join message m on m.tenant_id = $1 and m.id = k.id
     join conversation c on c.tenant_id = $1 and c.id = m.conversation_id
     join contact p on p.tenant_id = $1 and p.id = c.contact_id
     join inbox i on i.tenant_id = $1 and i.id = m.inbox_id
     left join ticket t on t.tenant_id = $1 and t.id = m.ticket_id
    cross join lateral (select left(m.content ->> 'text', ${MAX_TEXT}) as text) said
    where said.text <> '' and not m.content ? 'revokedAt'`,
);

// ticket_pkey, contact_pkey
const TICKETS = statement<Shown>(
  "search_show_tickets",
  `select t.id, t.contact_id as "contactId", p.name as "contactName", t.conversation_id as "conversationId", t.id as "ticketId",
          t.number as "ticketNumber", t.inbox_id as "inboxId", t.channel, t.status::text as status, t.created_at as at,
          t.subject as title, said.text, ${marked("said.text", "true")} as marked
     from ${KEYS}
     join ticket t on t.tenant_id = $1 and t.id = k.id
     join contact p on p.tenant_id = $1 and p.id = t.contact_id
    cross join lateral (select nullif(concat_ws(' · ', t.subject, t.order_ref, t.category), '') as text) said`,
);

// contact_pkey, contact_identifier_tenant_id_contact_id_idx
const CONTACTS = statement<Shown>(
  "search_show_contacts",
  `select p.id, p.id as "contactId", p.name as "contactName", p.created_at as at, p.name as title,
          array(select v.value from contact_identifier v where v.tenant_id = $1 and v.contact_id = p.id
                 order by v.is_primary desc, v.type, v.value) as values
     from ${KEYS}
     join contact p on p.tenant_id = $1 and p.id = k.id
    where $4::text is not null`,
);

// conversation_pkey, contact_pkey, inbox_pkey, contact_identifier_tenant_id_contact_id_idx
const CONVERSATIONS = statement<Shown>(
  "search_show_conversations",
  `select c.id, c.contact_id as "contactId", p.name as "contactName", c.id as "conversationId", c.inbox_id as "inboxId",
          i.channel, c.status::text as status, c.last_message_at as at, p.name as title,
          array(select v.value from contact_identifier v where v.tenant_id = $1 and v.contact_id = p.id
                 order by v.is_primary desc, v.type, v.value) as values
     from ${KEYS}
     join conversation c on c.tenant_id = $1 and c.id = k.id
     join contact p on p.tenant_id = $1 and p.id = c.contact_id
     join inbox i on i.tenant_id = $1 and i.id = c.inbox_id
    where $4::text is not null`,
);

const SHOWN = { MESSAGE: MESSAGES, TICKET: TICKETS, CONTACT: CONTACTS, CONVERSATION: CONVERSATIONS };

/** Results as they are answered, in their order; what is not there any more is left out. */
export async function describeFound(
  sql: Sql,
  { tenantId, typed }: { tenantId: string; typed: string },
  candidates: readonly Candidate[],
): Promise<FoundJson[]> {
  const shown = new Map<string, Shown>();
  for (const type of ["MESSAGE", "TICKET", "CONTACT", "CONVERSATION"] as const) {
    const some = candidates.filter((candidate) => candidate.type === type);
    if (some.length === 0) continue;
    const values = [tenantId, some.map(({ id }) => id), some.map(({ language }) => language ?? null), typed];
    for (const row of await sql.rows(SHOWN[type], values)) shown.set(`${type} ${row.id}`, row);
  }
  const parts = partsOf(typed);
  return candidates.flatMap((candidate) => {
    const row = shown.get(`${candidate.type} ${candidate.id}`);
    return row ? [toFoundJson(candidate, row, parts)] : [];
  });
}

function toFoundJson({ type, id, score, matchedBy }: Candidate, row: Shown, parts: readonly string[]): FoundJson {
  return {
    type: toJsonEnum(type),
    id,
    matchedBy: toJsonEnum(matchedBy),
    score,
    title: row.title,
    snippet: row.values ? snippetOfName(row.title, row.values, parts) : snippetOfText(row),
    contact: { id: row.contactId, name: row.contactName },
    conversationId: row.conversationId ?? null,
    ticketId: row.ticketId ?? null,
    ticketNumber: row.ticketNumber ? Number(row.ticketNumber) : null,
    inboxId: row.inboxId ?? null,
    channel: row.channel ? toJsonEnum(row.channel) : null,
    status: row.status?.toLowerCase() ?? null,
    occurredAt: row.at.toISOString(),
  };
}

function snippetOfText({ text, marked: withMarks }: Shown): Snippet | null {
  return text === null ? null : snippetOf(text, withMarks ?? "");
}

/** The name or the identifier in which the most was found. */
function snippetOfName(name: string | null, values: readonly string[], parts: readonly string[]): Snippet | null {
  const snippets = [...(name === null ? [] : [name]), ...values].map((text) => markParts(text, parts));
  return snippets.toSorted((one, other) => other.marks.length - one.marks.length)[0] ?? null;
}

/** Sign by sign the same text, but for the marks. */
function marked(text: string, begins: string): string {
  const query = `coalesce(search_query_in(k.language, $4, ${begins}), '')`;
  return `ts_headline(search_config(k.language), search_words(${text}), ${query}, ${HEADLINE})`;
}
