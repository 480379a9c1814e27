import { statement, type Sql } from "@parley/db";
import { findContacts } from "./find-contacts.ts";
import type { Candidate } from "./found-texts.ts";
import { rounded, scoreContact, scoreText, type Scored } from "./score-found.ts";
import { fits, type FilterValues } from "./search-filter.ts";

interface NamedContact {
  id: string;
  name: string | null;
  values: string[];
  fits: boolean;
}

// contact_pkey, contact_identifier_tenant_id_contact_id_idx
const READ = statement<NamedContact>(
  "search_read_named",
  `select p.id, p.name,
          array(select i.value from contact_identifier i where i.tenant_id = p.tenant_id and i.contact_id = p.id) as values,
          ($2::timestamptz is null or p.created_at >= $2) and ($3::timestamptz is null or p.created_at < $3)
            and ($4::text[] is null or p.tags @> $4) as fits
     from unnest($5::uuid[]) k (id)
     join contact p on p.tenant_id = $1 and p.id = k.id`,
);

interface HeldConversation {
  id: string;
  contactId: string;
  at: Date;
}

// conversation_tenant_id_contact_id_idx, inbox_pkey. $2 is of no use here.
const READ_CONVERSATIONS = statement<HeldConversation>(
  "search_read_conversations",
  `select c.id, c.contact_id as "contactId", c.last_message_at as at
     from unnest($11::uuid[]) k (id)
     join conversation c on c.tenant_id = $1::uuid and c.contact_id = k.id
     join inbox i on i.tenant_id = c.tenant_id and i.id = c.inbox_id
    where ($3::uuid[] is null or c.inbox_id = any($3::uuid[])) and ($4::channel[] is null or i.channel = any($4::channel[]))
      and ($5::timestamptz is null or c.last_message_at >= $5) and ($6::timestamptz is null or c.last_message_at < $6)
      and ${fits("c")} and $2::text is not null
    order by c.last_message_at desc, c.id desc
    limit $12`,
);

export interface FoundNames {
  candidates: Candidate[];
  isComplete: boolean;
}

/** So much of a conversation's score is its contact's, the rest how recent it is. */
const CONVERSATION_SHARE = 0.7;
/** The contact itself comes first. */
const BELOW_CONTACT = 0.9;

/** Contacts whose name or identifier is meant, the newest `most`; and their conversations, the latest `most`. */
export async function findNames(
  sql: Sql,
  values: FilterValues,
  wanted: { contacts: boolean; conversations: boolean; most: number; asOf: Date },
): Promise<FoundNames> {
  const [tenantId, typed, , , since, until, , , , tags] = values;
  const { most, asOf } = wanted;
  const found = await findContacts(sql, typed, most);
  if (found.length === 0) return { candidates: [], isComplete: true };
  const ids = found.map(({ id }) => id);
  const misspelt = new Set(found.filter(({ isMisspelt }) => isMisspelt).map(({ id }) => id));
  const contacts = await sql.rows(READ, [tenantId, since, until, tags, ids]);
  const scored = new Map<string, Scored>(
    contacts.map((contact) => [contact.id, scoreContact(typed, { ...contact, isMisspelt: misspelt.has(contact.id) })]),
  );
  const named: Candidate[] = contacts
    .filter((contact) => contact.fits)
    .flatMap(({ id }) => ({ type: "CONTACT", id, ...scoreOf(scored, id) }));
  const conversations = wanted.conversations
    ? (await sql.rows(READ_CONVERSATIONS, [...values, ids, most])).map(({ id, contactId, at }): Candidate => ({
        type: "CONVERSATION",
        id,
        ...ofContact(scoreOf(scored, contactId), at, asOf),
      }))
    : [];
  return {
    candidates: [...(wanted.contacts ? named : []), ...conversations],
    isComplete: found.length < most && conversations.length < most,
  };
}

function ofContact({ score, matchedBy }: Scored, at: Date, asOf: Date): Scored {
  const recency = scoreText(1, at, asOf);
  return {
    score: rounded(BELOW_CONTACT * Math.min(1, score) * (CONVERSATION_SHARE + (1 - CONVERSATION_SHARE) * recency)),
    matchedBy: matchedBy === "EXACT" ? "NAME" : matchedBy,
  };
}

function scoreOf(scored: ReadonlyMap<string, Scored>, id: string): Scored {
  return scored.get(id) ?? { score: 0, matchedBy: "NAME" };
}
