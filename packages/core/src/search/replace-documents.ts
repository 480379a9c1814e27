import { statement, type SearchKind, type Sql } from "@parley/db";
import { openSegment } from "./open-segment.ts";

/** Documents of one kind that a tenant has. */
export interface DocumentKey {
  tenantId: string;
  kind: SearchKind;
}

/** What a document is made of. */
interface Source {
  id: string;
  at: Date;
  /** There is no document of it yet. */
  isNew: boolean;
}

/** SQL of whether there is no document of `k.id` of the tenant $1 yet. search_document_pkey */
export function isNew(kind: SearchKind): string {
  return `not exists (
            select from search_document d where d.tenant_id = $1 and d.kind = '${kind}' and d.id = k.id) as "isNew"`;
}

const FORGET = statement(
  "search_forget",
  `delete from search_document d using unnest($3::uuid[]) k (id)
    where d.tenant_id = $1 and d.kind = $2::search_kind and d.id = k.id`,
);

/**
 * Has documents of `found` written, in the segment that is open for those that have none yet, and takes those out of whose `ids`
 * nothing was found: they say nothing any more.
 */
export async function replaceDocuments(
  tx: Sql,
  key: DocumentKey,
  { ids, found }: { ids: readonly string[]; found: readonly Source[] },
  write: (segment: number) => Promise<void>,
): Promise<void> {
  const present = new Set(found.map(({ id }) => id));
  const gone = ids.filter((id) => !present.has(id));
  if (gone.length > 0) await tx.run(FORGET, [key.tenantId, key.kind, gone]);
  if (found.length === 0) return;
  const added = found.filter((source) => source.isNew).length;
  await write(await openSegment(tx, key, { added, times: found.map(({ at }) => at) }));
}
