import { columnsOf, Prisma, sqlOf, statement, together, type AnyTx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { Identifier } from "./identifier.ts";

type Columns = Prisma.ContactGetPayload<object>;

export interface HeldIdentifier extends Identifier {
  isPrimary: boolean;
}

/** A contact with what it is known by, in one row. */
export interface ContactRow extends Columns {
  identifiers: HeldIdentifier[];
}

/** Identifiers as they are listed: the primary ones first, then the oldest. */
export const orderedIdentifiers = {
  orderBy: [{ isPrimary: "desc" }, { createdAt: "asc" }, { type: "asc" }, { value: "asc" }],
} satisfies Prisma.Contact$identifiersArgs;

/** What `contact c` is known by, as `identifiers`. contact_identifier_tenant_id_contact_id_idx */
export const CONTACT_IDENTIFIERS = `(select coalesce(json_agg(json_build_object('type', k.type, 'value', k.value, 'isPrimary', k.is_primary)
                                               order by k.is_primary desc, k.created_at, k.type, k.value), '[]')
                        from contact_identifier k where k.tenant_id = c.tenant_id and k.contact_id = c.id) as identifiers`;

/** Of `contact c`, as a ContactRow. */
export const CONTACT_COLUMNS = `${columnsOf("c", Prisma.ContactScalarFieldEnum)}, ${CONTACT_IDENTIFIERS}`;

// contact_pkey
const FIND = statement<ContactRow>(
  "contact_find",
  `select ${CONTACT_COLUMNS} from contact c where c.tenant_id = $1 and c.id = $2`,
);
// contact_pkey
const LOCK = statement<object>(
  "contact_lock",
  "select from contact c where c.tenant_id = $1 and c.id = $2 for no key update",
);

export async function findContact(tx: AnyTx, tenantId: string, id: string): Promise<ContactRow> {
  const [contact] = await sqlOf(tx).rows(FIND, [tenantId, id]);
  if (!contact) throw noSuchContact();
  return contact;
}

/** The same, held until the transaction ends: as it is after the wait for its lock. */
export async function lockContact(tx: AnyTx, tenantId: string, id: string): Promise<ContactRow> {
  const sql = sqlOf(tx);
  const [, contact] = await together([sql.rows(LOCK, [tenantId, id]), findContact(tx, tenantId, id)]);
  return contact;
}

export function noSuchContact(): DomainError {
  return new DomainError("not_found", "There is no contact with this id.");
}

export function wasErased(): DomainError {
  return new DomainError("conflict", "This contact was erased, so nothing is kept of them any more.");
}
