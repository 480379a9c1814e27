import { sqlOf, statement, type AnyTx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { HeldIdentifier } from "./contact-row.ts";
import { keyOf } from "./given-identifiers.ts";
import type { Identifier } from "./identifier.ts";

interface Holder extends Identifier {
  contactId: string;
}

// contact_identifier_tenant_id_contact_id_idx. In the order in which they are claimed everywhere.
const LOCK_ALL = statement<HeldIdentifier>(
  "contact_lock_identifiers",
  `select type, value, is_primary as "isPrimary" from contact_identifier
    where tenant_id = $1 and contact_id = $2 order by type, value for update`,
);
// contact_identifier_tenant_id_value_idx
const FIND_HOLDERS = statement<Holder>(
  "contact_find_holders",
  `select k.type, k.value, k.contact_id as "contactId"
     from unnest($2::identifier_type[], $3::text[]) as n (type, value)
     join contact_identifier k on k.tenant_id = $1 and k.type = n.type and k.value = n.value`,
);
// Whoever loses the race waits here, and finds the winner afterwards.
const CLAIM = statement(
  "contact_claim_for",
  `insert into contact_identifier (tenant_id, contact_id, type, value)
   select $1, $2, * from unnest($3::identifier_type[], $4::text[]) as n (type, value) order by n.type, n.value
       on conflict do nothing`,
);
const RELEASE = statement(
  "contact_release_identifiers",
  `delete from contact_identifier k using unnest($3::identifier_type[], $4::text[]) as n (type, value)
    where k.tenant_id = $1 and k.contact_id = $2 and k.type = n.type and k.value = n.value`,
);
const SET_PRIMARY = statement(
  "contact_set_primary",
  `update contact_identifier k set is_primary = n.is_primary
     from unnest($3::identifier_type[], $4::text[], $5::bool[]) as n (type, value, is_primary)
    where k.tenant_id = $1 and k.contact_id = $2 and k.type = n.type and k.value = n.value
      and k.is_primary <> n.is_primary`,
);

/** The contact's identifiers, held until the transaction ends. They are locked before anything else. */
export function lockIdentifiers(tx: AnyTx, tenantId: string, contactId: string): Promise<HeldIdentifier[]> {
  return sqlOf(tx).rows(LOCK_ALL, [tenantId, contactId]);
}

/** Who has any of these identifiers. */
export function findHolders(tx: AnyTx, tenantId: string, identifiers: readonly Identifier[]): Promise<Holder[]> {
  return sqlOf(tx).rows(FIND_HOLDERS, [tenantId, ...columnsOf(identifiers)]);
}

/**
 * Lets the contact have `after` instead of `before`, which is what it has and holds. Refuses as `conflict` what somebody
 * else has, by saying who.
 */
export async function replaceIdentifiers(
  tx: AnyTx,
  { tenantId, contactId }: { tenantId: string; contactId: string },
  { before, after }: { before: readonly Identifier[]; after: readonly HeldIdentifier[] },
): Promise<void> {
  const sql = sqlOf(tx);
  const [had, has] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))];
  const added = after.filter((identifier) => !had.has(keyOf(identifier)));
  const removed = before.filter((identifier) => !has.has(keyOf(identifier)));
  if (added.length > 0) {
    const claimed = await sql.run(CLAIM, [tenantId, contactId, ...columnsOf(added)]);
    if (claimed < added.length) await refuseTaken(tx, { tenantId, contactId }, added);
  }
  if (removed.length > 0) await sql.run(RELEASE, [tenantId, contactId, ...columnsOf(removed)]);
  await setPrimary(tx, { tenantId, contactId }, after);
}

export async function setPrimary(
  tx: AnyTx,
  { tenantId, contactId }: { tenantId: string; contactId: string },
  identifiers: readonly HeldIdentifier[],
): Promise<void> {
  if (identifiers.length === 0) return;
  const isPrimary = identifiers.map((identifier) => identifier.isPrimary);
  await sqlOf(tx).run(SET_PRIMARY, [tenantId, contactId, ...columnsOf(identifiers), isPrimary]);
}

async function refuseTaken(
  tx: AnyTx,
  { tenantId, contactId }: { tenantId: string; contactId: string },
  identifiers: readonly Identifier[],
): Promise<never> {
  const holders = await findHolders(tx, tenantId, identifiers);
  const other = holders.find((holder) => holder.contactId !== contactId);
  if (!other) throw new Error("an identifier that could not be claimed has a holder");
  throw takenBy(other);
}

/** Says which kind of identifier it is, and not its value. */
export function takenBy({ type, contactId }: Pick<Holder, "type" | "contactId">): DomainError {
  return new DomainError(
    "conflict",
    `Contact ${contactId} has this identifier of type ${type.toLowerCase()} already; use that contact, take the identifier away there, or merge the two.`,
  );
}

function columnsOf(identifiers: readonly Identifier[]): unknown[] {
  return [identifiers.map(({ type }) => type), identifiers.map(({ value }) => value)];
}
