import { statement, type Sql } from "@parley/db";
import { languageOf } from "./language-of.ts";
import { isNew, replaceDocuments } from "./replace-documents.ts";

interface ReadTicket {
  id: string;
  subject: string;
  ofCompany: string | null;
  at: Date;
  isNew: boolean;
}

// ticket_pkey, tenant_pkey
const READ = statement<ReadTicket>(
  "search_read_tickets",
  `select t.id, coalesce(t.subject, '') as subject, n.languages[1] as "ofCompany", t.created_at as at, ${isNew("TICKET")}
     from unnest($2::uuid[]) k (id)
     join ticket t on t.tenant_id = $1 and t.id = k.id
     join tenant n on n.id = t.tenant_id
    order by t.created_at, t.id`,
);

// ticket_pkey, search_document_pkey. What a ticket is about weighs more than how it was filed. Its words are there as they stand,
// too: a subject is short, and its words may all be such as a grammar leaves out.
const WRITE = statement(
  "search_write_tickets",
  `insert into search_document (tenant_id, kind, id, segment, occurred_at, inbox_id, language, vector)
   select t.tenant_id, 'TICKET', t.id, $2, t.created_at, t.inbox_id, k.language,
          setweight(to_tsvector(search_config(k.language), search_words(coalesce(t.subject, ''))), 'A')
            || setweight(to_tsvector('parley_simple', search_words(coalesce(t.subject, ''))), 'A')
            || setweight(to_tsvector(search_config(k.language), search_words(concat_ws(' ', t.order_ref, t.category, t.number))), 'B')
     from unnest($3::uuid[], $4::text[]) k (id, language)
     join ticket t on t.tenant_id = $1 and t.id = k.id
   on conflict (tenant_id, kind, id) do update
      set occurred_at = excluded.occurred_at, inbox_id = excluded.inbox_id, language = excluded.language,
          vector = excluded.vector`,
);

/** Makes documents of tickets: of their subjects, and of the numbers and words by which they were filed. */
export async function indexTickets(tx: Sql, tenantId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const found = await tx.rows(READ, [tenantId, ids]);
  await replaceDocuments(tx, { tenantId, kind: "TICKET" }, { ids, found }, async (segment) => {
    const languages = found.map(({ subject, ofCompany }) => languageOf({ text: subject, understood: null, ofCompany }));
    await tx.run(WRITE, [tenantId, segment, found.map(({ id }) => id), languages]);
  });
}
