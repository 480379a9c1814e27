import { describeName, SEGMENT_SIZE } from "@parley/core/search";
import type pg from "pg";
import { benchId, benchIdSql } from "../world/bench-ids.ts";

/** Numbers of segments that each tenant has for each kind: more than it ever fills. */
const SEGMENTS = 1_000;
const KINDS = ["CONTACT", "MESSAGE", "TICKET"] as const;
type Kind = (typeof KINDS)[number];

/** Contacts at a time. */
const PAGE = 5_000;
/** Stands between the terms of a contact; no term has it. */
const SEPARATOR = "\u001f";

/** The number behind the last that `tenants` tenants use. */
export function segmentsOf(tenants: number): number {
  return tenants * KINDS.length * SEGMENTS + 1;
}

/**
 * Writes the index of one tenant: what the indexer would make of its rows, the older before the newer, but that the language of
 * a text is known and need not be found out. Needs its plans and its rows.
 */
export async function writeSearch(client: pg.Client, tenant: number): Promise<void> {
  await client.query(insertMessages(tenant));
  await client.query(insertTickets(tenant));
  await writeContacts(client, tenant);
  await client.query(insertSegments(tenant));
}

function insertMessages(tenant: number): string {
  return `
    insert into search_document (tenant_id, kind, id, segment, occurred_at, inbox_id, language, vector)
    select '${benchId("tenant", tenant)}', 'MESSAGE', m.id, ${segmentSql(tenant, "MESSAGE", "m.place")}, m.at,
           ${benchIdSql("inbox", String(tenant), "m.inbox")}, m.language,
           to_tsvector(search_config(m.language), search_words(m.text))
      from (select p.id, p.at, p.text, c.inbox, c.language, row_number() over (order by p.at, p.number) - 1 as place
              from plan_message p join plan_conversation c on c.n = p.conversation where p.text <> '') m
     order by m.place`;
}

function insertTickets(tenant: number): string {
  return `
    insert into search_document (tenant_id, kind, id, segment, occurred_at, inbox_id, language, vector)
    select t.tenant_id, 'TICKET', t.id, ${segmentSql(tenant, "TICKET", "t.place")}, t.created_at, t.inbox_id, t.language,
           setweight(to_tsvector(search_config(t.language), search_words(coalesce(t.subject, ''))), 'A')
             || setweight(to_tsvector('parley_simple', search_words(coalesce(t.subject, ''))), 'A')
             || setweight(to_tsvector(search_config(t.language),
                                      search_words(concat_ws(' ', t.order_ref, t.category, t.number))), 'B')
      from (select k.*, c.language, row_number() over (order by k.created_at, k.id) - 1 as place
              from ticket k
              join plan_ticket p on p.number = k.number
              join plan_conversation c on c.n = p.conversation
             where k.tenant_id = '${benchId("tenant", tenant)}') t
     order by t.place`;
}

const READ_CONTACTS = `
  select p.id, p.name, p.created_at as "createdAt",
         array(select i.value from contact_identifier i where i.tenant_id = p.tenant_id and i.contact_id = p.id
                order by i.type, i.value) as values
    from contact p where p.tenant_id = $1 order by p.created_at, p.id`;

const INSERT_CONTACTS = `
  insert into search_document (tenant_id, kind, id, segment, occurred_at, vector, text)
  select $1, 'CONTACT', k.id, $2::int + (k.place / ${SEGMENT_SIZE})::int, k.created_at,
         array_to_tsvector(string_to_array(k.terms, '${SEPARATOR}')), k.text
    from unnest($3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::bigint[]) k (id, created_at, text, terms, place)
   order by k.place`;

async function writeContacts(client: pg.Client, tenant: number): Promise<void> {
  const tenantId = benchId("tenant", tenant);
  const { rows } = await client.query<{ id: string; name: string; createdAt: Date; values: string[] }>(READ_CONTACTS, [
    tenantId,
  ]);
  for (let from = 0; from < rows.length; from += PAGE) {
    const page = rows.slice(from, from + PAGE);
    const names = page.map(({ name, values }) => describeName(name, values));
    await client.query(INSERT_CONTACTS, [
      tenantId,
      firstSegment(tenant, "CONTACT"),
      page.map(({ id }) => id),
      page.map(({ createdAt }) => createdAt),
      names.map(({ text }) => text),
      names.map(({ terms }) => terms.join(SEPARATOR)),
      page.map((_contact, index) => from + index),
    ]);
  }
}

function insertSegments(tenant: number): string {
  return `
    insert into search_segment (tenant_id, kind, id, documents, oldest, newest)
    select tenant_id, kind, segment, count(*), min(occurred_at), max(occurred_at)
      from search_document where tenant_id = '${benchId("tenant", tenant)}'
     group by tenant_id, kind, segment
     order by segment`;
}

function firstSegment(tenant: number, kind: Kind): number {
  return (tenant * KINDS.length + KINDS.indexOf(kind)) * SEGMENTS + 1;
}

function segmentSql(tenant: number, kind: Kind, place: string): string {
  return `${firstSegment(tenant, kind)} + (${place} / ${SEGMENT_SIZE})::int`;
}
