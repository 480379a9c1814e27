import { statement, type Sql } from "@parley/db";
import { nameLanguage } from "@parley/understanding";
import { forgetDocuments, openSegment } from "./open-segment.ts";

interface ReadMessage {
  id: string;
  text: string;
  language: string | null;
  companyLanguage: string | null;
  occurredAt: Date;
}

/** Characters; nobody looks for what stands behind them. */
const MAX_TEXT = 50_000;

// message_pkey, message_understanding_pkey, tenant_pkey. What was taken back is not found.
const READ = statement<ReadMessage>(
  "search_read_messages",
  `select m.id, left(m.content ->> 'text', 1000) as text, u.language, n.languages[1] as "companyLanguage",
          m.occurred_at as "occurredAt"
     from unnest($2::uuid[]) k (id)
     join message m on m.tenant_id = $1 and m.id = k.id
     join tenant n on n.id = m.tenant_id
     left join message_understanding u on u.tenant_id = m.tenant_id and u.message_id = m.id
    where m.content ->> 'text' <> '' and not m.content ? 'revokedAt'
    order by m.occurred_at, m.id`,
);

// message_pkey, search_document_pkey
const WRITE = statement(
  "search_write_messages",
  `insert into search_document (tenant_id, kind, id, segment, occurred_at, inbox_id, language, vector)
   select m.tenant_id, 'MESSAGE', m.id, $2, m.occurred_at, m.inbox_id, k.language,
          to_tsvector(search_config(k.language), search_words(left(m.content ->> 'text', ${MAX_TEXT})))
     from unnest($3::uuid[], $4::text[]) k (id, language)
     join message m on m.tenant_id = $1 and m.id = k.id
   on conflict (tenant_id, kind, id) do update
      set occurred_at = excluded.occurred_at, inbox_id = excluded.inbox_id, language = excluded.language,
          vector = excluded.vector`,
);

/** Makes documents of messages that have text, each by the grammar of its language. */
export async function indexMessages(tx: Sql, tenantId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const key = { tenantId, kind: "MESSAGE" } as const;
  const found = await tx.rows(READ, [tenantId, ids]);
  const present = new Set(found.map(({ id }) => id));
  await forgetDocuments(
    tx,
    key,
    ids.filter((id) => !present.has(id)),
  );
  if (found.length === 0) return;
  const segment = await openSegment(
    tx,
    key,
    found.map(({ occurredAt }) => occurredAt),
  );
  await tx.run(WRITE, [tenantId, segment, found.map(({ id }) => id), found.map(languageOf)]);
}

/** As it was understood, else as it reads; of what is too short to tell, the company's. ISO 639-1. */
export function languageOf({
  text,
  language,
  companyLanguage,
}: Pick<ReadMessage, "text" | "language" | "companyLanguage">): string | null {
  return language ?? nameLanguage(text).code ?? companyLanguage?.slice(0, 2) ?? null;
}
