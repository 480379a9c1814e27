import { statement, type Sql } from "@parley/db";
import { languageOf } from "./language-of.ts";
import { isNew, replaceDocuments } from "./replace-documents.ts";

interface ReadMessage {
  id: string;
  /** How it begins. */
  text: string;
  /** Characters of it that are indexed. */
  size: number;
  understood: string | null;
  ofCompany: string | null;
  at: Date;
  isNew: boolean;
}

/** Characters; nobody looks for what stands behind them. */
const MAX_TEXT = 50_000;
/** Characters that one statement makes documents of: what it has time for, whatever somebody sends. */
const MOST_AT_ONCE = 500_000;

// message_pkey, message_understanding_pkey, tenant_pkey. What was taken back is not found.
const READ = statement<ReadMessage>(
  "search_read_messages",
  `select m.id, left(m.content ->> 'text', 1000) as text, least(length(m.content ->> 'text'), ${MAX_TEXT}) as size,
          u.language as understood, n.languages[1] as "ofCompany", m.occurred_at as at, ${isNew("MESSAGE")}
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
  const found = await tx.rows(READ, [tenantId, ids]);
  await replaceDocuments(tx, { tenantId, kind: "MESSAGE" }, { ids, found }, async (segment) => {
    for (const some of cutBySize(found)) {
      await tx.run(WRITE, [tenantId, segment, some.map(({ id }) => id), some.map(languageOf)]);
    }
  });
}

function cutBySize(messages: readonly ReadMessage[]): ReadMessage[][] {
  const pieces: ReadMessage[][] = [];
  let left = 0;
  for (const message of messages) {
    const piece = pieces.at(-1);
    if (piece && message.size <= left) piece.push(message);
    else {
      pieces.push([message]);
      left = MOST_AT_ONCE;
    }
    left -= message.size;
  }
  return pieces;
}
