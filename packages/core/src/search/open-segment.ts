import { statement, type SearchKind, type Sql } from "@parley/db";

/**
 * Documents of a segment. A search reads all that one has of a word, and looks into one after another until it has enough: small
 * ones bound the work for words that are common, large ones that for words that are rare.
 */
export const SEGMENT_SIZE = 32_768;

// search_segment_pkey
const OPEN = statement<{ id: number }>(
  "search_open_segment",
  `with last as (
     select id, documents from search_segment where tenant_id = $1 and kind = $2::search_kind order by id desc limit 1
   ),
   grown as (
     update search_segment s
        set documents = s.documents + $3, oldest = least(s.oldest, $4::timestamptz), newest = greatest(s.newest, $5::timestamptz)
       from last
      where s.tenant_id = $1 and s.kind = $2::search_kind and s.id = last.id and last.documents < $6
     returning s.id
   ),
   made as (
     insert into search_segment (tenant_id, kind, documents, oldest, newest)
     select $1, $2::search_kind, $3, $4::timestamptz, $5::timestamptz where not exists (select from last where documents < $6)
     returning id
   )
   select id from grown union all select id from made`,
);

/**
 * The segment that `added` further documents go into, which are of these times as well as those that stay where they are. Their
 * tenant is locked.
 */
export async function openSegment(
  tx: Sql,
  { tenantId, kind }: { tenantId: string; kind: SearchKind },
  { added, times }: { added: number; times: readonly Date[] },
): Promise<number> {
  const milliseconds = times.map((time) => time.getTime());
  const [oldest, newest] = [Math.min(...milliseconds), Math.max(...milliseconds)].map((time) => new Date(time));
  const [segment] = await tx.rows(OPEN, [tenantId, kind, added, oldest, newest, SEGMENT_SIZE]);
  if (!segment) throw new Error("a segment is open, or is made");
  return segment.id;
}
