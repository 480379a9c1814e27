import { statement, type IdentifierType, type Sql } from "@parley/db";
import { newId } from "@parley/runtime";
import { groupIdentifiers, identifierKey, type IdentifierGroup, type PersonSeen } from "./group-identifiers.ts";
import type { Identifier } from "./identifier.ts";

interface KnownIdentifier {
  tenantId: string;
  type: IdentifierType;
  value: string;
  contactId: string;
  /** The merge that brought it to its contact, while that can be undone. */
  mergeId: string | null;
  isPrimary: boolean;
}

// contact_identifier_pkey; for the application contact_identifier_tenant_id_value_idx. Each by itself, whence `lateral` and the
// limit: a plan is kept, and one by which rows are joined, made while a tenant had few contacts, would for ever read all of them.
export const FIND_IDENTIFIERS = statement<KnownIdentifier>(
  "contact_find_identifiers",
  `select k.tenant_id as "tenantId", k.type, k.value, i.contact_id as "contactId", i.merge_id as "mergeId",
          i.is_primary as "isPrimary"
     from unnest($1::uuid[], $2::identifier_type[], $3::text[]) as k (tenant_id, type, value)
    cross join lateral (
      select h.contact_id, h.merge_id, h.is_primary from contact_identifier h
       where h.tenant_id = k.tenant_id and h.type = k.type and h.value = k.value limit 1) i`,
);

// The identifier is claimed before its contact is written (the reference is checked at commit): whoever loses the
// race waits here, then reads the winner's contact, and no orphan is left. Sorted against deadlocks.
const CLAIM_IDENTIFIERS = statement<Omit<KnownIdentifier, "mergeId" | "contactId" | "isPrimary">>(
  "contact_claim_identifiers",
  `insert into contact_identifier (tenant_id, type, value, contact_id, is_primary, merge_id)
   select * from unnest($1::uuid[], $2::identifier_type[], $3::text[], $4::uuid[], $5::bool[], $6::uuid[])
    order by 1, 2, 3
       on conflict do nothing
   returning tenant_id as "tenantId", type, value`,
);

const MOVE_CLAIMED = statement(
  "contact_move_claimed",
  `update contact_identifier i
      set contact_id = m.contact_id
     from unnest($1::uuid[], $2::identifier_type[], $3::text[], $4::uuid[]) as m (tenant_id, type, value, contact_id)
    where i.tenant_id = m.tenant_id and i.type = m.type and i.value = m.value`,
);

const INSERT_CONTACTS = statement(
  "contact_insert",
  `insert into contact (tenant_id, id, name, created_at, updated_at)
   select *, $4, $4 from unnest($1::uuid[], $2::uuid[], $3::text[])`,
);

const NAME_UNNAMED = statement(
  "contact_name_unnamed",
  `update contact c set name = n.name, updated_at = $4
     from unnest($1::uuid[], $2::uuid[], $3::text[]) as n (tenant_id, id, name)
    where c.tenant_id = n.tenant_id and c.id = n.id and c.name is null`,
);

export interface ClaimedContact {
  tenantId: string;
  id: string;
  isNew: boolean;
  /** The merge by which all that they are known by here came to the contact, while it can be undone. */
  mergeId?: string | undefined;
  /** The number by which they are known here, if it is not the one under which they are written to. */
  secondary?: Identifier | undefined;
}

interface Claim {
  group: IdentifierGroup;
  /** The contact that its known identifiers name; the oldest, if they name several. */
  known: string | undefined;
  mergeId: string | undefined;
  /** The contact to write if none of the identifiers is known to anybody. */
  candidate: string;
}

/**
 * The contact of each of `people`, found or created: one contact an identifier, under any concurrency. Identifiers
 * that are not known yet are added to the contact of those that are. When two known contacts turn out to be one
 * person, the older is taken and nothing is merged: that is for somebody to decide.
 */
export async function claimContacts(sql: Sql, people: readonly PersonSeen[], at: Date): Promise<ClaimedContact[]> {
  const groups = groupIdentifiers(people);
  const distinct = [...new Set(groups)];
  const known = await findIdentifiers(sql, distinct.flatMap(keysOf));
  const claims = distinct.map((group): Claim => {
    const knownId = oldestOf(group, known);
    return { group, known: knownId, mergeId: mergeOf(group, known), candidate: knownId ?? newId() };
  });

  await claimMissing(sql, claims, known);
  const created = claims.filter((claim) => claim.known === undefined);
  if (created.length > 0) {
    await sql.run(INSERT_CONTACTS, [
      created.map((claim) => claim.group.tenantId),
      created.map((claim) => claim.candidate),
      created.map((claim) => claim.group.name ?? null),
      at,
    ]);
  }
  await nameUnnamed(sql, claims, at);

  const contacts = new Map(
    claims.map((claim) => [
      claim.group,
      {
        tenantId: claim.group.tenantId,
        id: claim.known ?? claim.candidate,
        isNew: claim.known === undefined,
        mergeId: claim.mergeId,
      },
    ]),
  );
  return groups.map((group, index) => {
    const contact = contacts.get(group);
    if (!contact) throw new Error("every group was claimed");
    return { ...contact, secondary: secondaryOf(people[index], known) };
  });
}

interface IdentifierKey {
  tenantId: string;
  identifier: Identifier;
}

function keysOf(group: IdentifierGroup): IdentifierKey[] {
  return [...group.identifiers.values()].map((identifier) => ({ tenantId: group.tenantId, identifier }));
}

type Known = Map<string, KnownIdentifier>;

async function findIdentifiers(sql: Sql, keys: readonly IdentifierKey[]): Promise<Known> {
  const rows = await sql.rows(FIND_IDENTIFIERS, keyColumns(keys));
  return new Map(rows.map((row) => [identifierKey(row.tenantId, row), row]));
}

/** Claims what nobody has; where another transaction was faster, its contact becomes the known one. */
async function claimMissing(sql: Sql, claims: Claim[], known: Known): Promise<void> {
  const missing = claims.flatMap((claim) =>
    keysOf(claim.group)
      .filter((key) => !known.has(identifierKey(key.tenantId, key.identifier)))
      .map((key, index) => ({ ...key, claim, isPrimary: index === 0 && claim.known === undefined })),
  );
  if (missing.length === 0) return;

  const claimed = await sql.rows(CLAIM_IDENTIFIERS, [
    ...keyColumns(missing),
    missing.map(({ claim }) => claim.known ?? claim.candidate),
    missing.map(({ isPrimary }) => isPrimary),
    missing.map(({ claim }) => claim.mergeId ?? null),
  ]);
  if (claimed.length === missing.length) return;

  const ours = new Set(claimed.map((row) => identifierKey(row.tenantId, row)));
  const lost = missing.filter((key) => !ours.has(identifierKey(key.tenantId, key.identifier)));
  const winners = await findIdentifiers(sql, lost);
  const misplaced = [];
  for (const claim of new Set(lost.map((key) => key.claim))) {
    claim.known ??= oldestOf(claim.group, winners);
    const contactId = claim.known;
    if (contactId === undefined) throw new Error("a lost identifier has a winner");
    misplaced.push(...missing.filter((key) => key.claim === claim).map((key) => ({ ...key, contactId })));
  }
  const toMove = misplaced.filter((key) => ours.has(identifierKey(key.tenantId, key.identifier)));
  if (toMove.length > 0) await sql.run(MOVE_CLAIMED, [...keyColumns(toMove), toMove.map((key) => key.contactId)]);
}

async function nameUnnamed(sql: Sql, claims: readonly Claim[], at: Date): Promise<void> {
  const named = claims
    .flatMap(({ known, group }) =>
      known && group.name ? [{ tenantId: group.tenantId, id: known, name: group.name }] : [],
    )
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (named.length === 0) return;
  await sql.run(NAME_UNNAMED, [named.map((n) => n.tenantId), named.map((n) => n.id), named.map((n) => n.name), at]);
}

/** Contact ids are time-ordered, so the smallest is the oldest. */
function oldestOf(group: IdentifierGroup, known: Known): string | undefined {
  return knownOf(group, known)
    .map(({ contactId }) => contactId)
    .toSorted()
    .at(0);
}

/** What comes in by identifiers of both sides of a merge is of one person: it stays where it is. */
function mergeOf(group: IdentifierGroup, known: Known): string | undefined {
  const merges = new Set(knownOf(group, known).map(({ mergeId }) => mergeId));
  const [mergeId] = merges;
  return merges.size === 1 ? (mergeId ?? undefined) : undefined;
}

/** Whoever has several numbers has written from one of them. */
function secondaryOf(person: PersonSeen | undefined, known: Known): Identifier | undefined {
  return person?.identifiers.find(
    (identifier) =>
      identifier.type === "WHATSAPP" && known.get(identifierKey(person.tenantId, identifier))?.isPrimary === false,
  );
}

function knownOf(group: IdentifierGroup, known: Known) {
  return [...group.identifiers.keys()].flatMap((key) => known.get(key) ?? []);
}

function keyColumns(keys: readonly IdentifierKey[]): unknown[] {
  return [
    keys.map((key) => key.tenantId),
    keys.map((key) => key.identifier.type),
    keys.map((key) => key.identifier.value),
  ];
}
