import { statement, TransactionConflict, type Sql } from "@parley/db";
import type { Identifier } from "./identifier.ts";

/** Something that came in from somebody whose contact was merged lately. */
export interface SeenAfterMerge {
  tenantId: string;
  messageId: string;
  contactId: string;
  mergeId?: string | undefined;
  identifiers: readonly Identifier[];
}

// contact_merge_message_pkey
const NOTE = statement(
  "contact_note_after_merge",
  `insert into contact_merge_message (tenant_id, merge_id, message_id)
   select * from unnest($1::uuid[], $2::uuid[], $3::uuid[])
       on conflict do nothing`,
);
// contact_identifier_pkey
const FIND_MOVED = statement<object>(
  "contact_find_moved",
  `select from unnest($1::uuid[], $2::identifier_type[], $3::text[], $4::uuid[], $5::uuid[])
                 as k (tenant_id, type, value, contact_id, merge_id)
     join contact_identifier i using (tenant_id, type, value)
    where i.contact_id <> k.contact_id or i.merge_id is distinct from k.merge_id
    limit 1`,
);

/**
 * To be asked under the conversations' locks, with which no merge is undone: throws `TransactionConflict` when one was
 * since the contacts were found, also if they were merged once more by now. Nothing is asked where nobody was merged lately.
 */
export async function assertStillMerged(sql: Sql, seen: readonly SeenAfterMerge[]): Promise<void> {
  const keys = seen.flatMap(({ mergeId, identifiers, ...rest }) =>
    mergeId === undefined ? [] : identifiers.map((identifier) => ({ ...rest, ...identifier, mergeId })),
  );
  if (keys.length === 0) return;
  const moved = await sql.rows(FIND_MOVED, [
    keys.map(({ tenantId }) => tenantId),
    keys.map(({ type }) => type),
    keys.map(({ value }) => value),
    keys.map(({ contactId }) => contactId),
    keys.map(({ mergeId }) => mergeId),
  ]);
  if (moved.length > 0) throw new TransactionConflict("a merge was undone since the contact was found");
}

/** Messages go with whoever wrote them when the merge is undone: by which identifier they came is known now, and not later. */
export async function noteAfterMerge(sql: Sql, seen: readonly SeenAfterMerge[]): Promise<void> {
  const noted = seen.filter(({ mergeId }) => mergeId !== undefined);
  if (noted.length === 0) return;
  await sql.run(NOTE, [
    noted.map(({ tenantId }) => tenantId),
    noted.map(({ mergeId }) => mergeId),
    noted.map(({ messageId }) => messageId),
  ]);
}
