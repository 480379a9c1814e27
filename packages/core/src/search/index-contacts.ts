import { statement, type Sql } from "@parley/db";
import { describeName } from "./name-terms.ts";
import { isNew, replaceDocuments } from "./replace-documents.ts";

interface ReadContact {
  id: string;
  name: string | null;
  values: string[];
  at: Date;
  isNew: boolean;
}

// contact_pkey, contact_identifier_tenant_id_contact_id_idx
const READ = statement<ReadContact>(
  "search_read_contacts",
  `select p.id, p.name, p.created_at as at, ${isNew("CONTACT")},
          array(select i.value from contact_identifier i
                 where i.tenant_id = p.tenant_id and i.contact_id = p.id order by i.type, i.value) as values
     from unnest($2::uuid[]) k (id)
     join contact p on p.tenant_id = $1 and p.id = k.id
    order by p.created_at, p.id`,
);

/** Stands between the terms of a contact; no term has it. */
const SEPARATOR = "\u001f";

// search_document_pkey
const WRITE = statement(
  "search_write_contacts",
  `insert into search_document (tenant_id, kind, id, segment, occurred_at, vector, text)
   select $1, 'CONTACT', k.id, $2, k.created_at, array_to_tsvector(string_to_array(k.terms, '${SEPARATOR}')), k.text
     from unnest($3::uuid[], $4::timestamptz[], $5::text[], $6::text[]) k (id, created_at, text, terms)
   on conflict (tenant_id, kind, id) do update
      set occurred_at = excluded.occurred_at, vector = excluded.vector, text = excluded.text`,
);

/** Makes documents of contacts: of their names, and of the values of their identifiers. */
export async function indexContacts(tx: Sql, tenantId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const found = (await tx.rows(READ, [tenantId, ids]))
    .map((contact) => ({ ...contact, ...describeName(contact.name, contact.values) }))
    .filter(({ terms }) => terms.length > 0);
  await replaceDocuments(tx, { tenantId, kind: "CONTACT" }, { ids, found }, async (segment) => {
    await tx.run(WRITE, [
      tenantId,
      segment,
      found.map(({ id }) => id),
      found.map(({ at }) => at),
      found.map(({ text }) => text),
      found.map(({ terms }) => terms.join(SEPARATOR)),
    ]);
  });
}
