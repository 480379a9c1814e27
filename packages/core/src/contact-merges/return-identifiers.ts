import { sqlOf, statement, type AnyTx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { UndoableMerge } from "./read-undoable.ts";

// contact_identifier_tenant_id_value_idx
const FIND_TAKEN = statement<{ type: string; contactId: string }>(
  "merge_find_taken",
  `select k.type, k.contact_id as "contactId"
     from unnest($3::identifier_type[], $4::text[]) as n (type, value)
     join contact_identifier k on k.tenant_id = $1 and k.type = n.type and k.value = n.value
    where k.contact_id <> $2
    limit 1`,
);
// contact_identifier_tenant_id_contact_id_idx. Those that were found to be theirs since go along.
const RETURN = statement(
  "merge_return_identifiers",
  "update contact_identifier set contact_id = $3, merge_id = null where tenant_id = $1 and contact_id = $2 and merge_id = $4",
);
// contact_identifier_pkey, contact_merge_pkey. An earlier merge may be one that can be undone still.
const RESTORE = statement(
  "merge_restore_identifiers",
  `update contact_identifier k
      set is_primary = n.is_primary, primary_since = greatest(k.primary_since, n.primary_since),
          merge_id = (select m.id from contact_merge m
                       where m.tenant_id = $1 and m.id = n.merge_id and m.undone_at is null and m.undo is not null)
     from unnest($3::identifier_type[], $4::text[], $5::bool[], $6::timestamptz[], $7::uuid[])
          as n (type, value, is_primary, primary_since, merge_id)
    where k.tenant_id = $1 and k.contact_id = $2 and k.type = n.type and k.value = n.value`,
);
// Of whom a number that went away was the primary one, the oldest of theirs is.
const PROMOTE_OLDEST = statement(
  "merge_promote_oldest",
  `update contact_identifier k set is_primary = true
    where k.tenant_id = $1 and k.contact_id = $2
      and not exists (select from contact_identifier p
                       where p.tenant_id = $1 and p.contact_id = $2 and p.type = k.type and p.is_primary)
      and not exists (select from contact_identifier o
                       where o.tenant_id = $1 and o.contact_id = $2 and o.type = k.type
                         and (o.created_at, o.value) < (k.created_at, k.value))`,
);

/** Refuses as `conflict` to give the source identifiers back that somebody else has by now. */
export async function assertFree(tx: AnyTx, { tenantId, targetId, undo }: UndoableMerge): Promise<void> {
  const { identifiers } = undo;
  const [taken] = await sqlOf(tx).rows(FIND_TAKEN, [
    tenantId,
    targetId,
    identifiers.map(({ type }) => type),
    identifiers.map(({ value }) => value),
  ]);
  if (!taken) return;
  throw new DomainError(
    "conflict",
    `Contact ${taken.contactId} has an identifier of type ${taken.type.toLowerCase()} by now that the merged contact had; take it away there first.`,
  );
}

/** Gives the source its identifiers back, and those that came along with them since. What was taken away stays away. */
export async function returnIdentifiers(tx: AnyTx, merge: UndoableMerge): Promise<void> {
  const { tenantId, id, sourceId, targetId, undo } = merge;
  const { identifiers } = undo;
  const sql = sqlOf(tx);
  await sql.run(RETURN, [tenantId, targetId, sourceId, id]);
  await sql.run(RESTORE, [
    tenantId,
    sourceId,
    identifiers.map(({ type }) => type),
    identifiers.map(({ value }) => value),
    identifiers.map(({ isPrimary }) => isPrimary),
    identifiers.map(({ primarySince }) => primarySince),
    identifiers.map(({ mergeId }) => mergeId),
  ]);
  await sql.run(PROMOTE_OLDEST, [tenantId, targetId]);
}
