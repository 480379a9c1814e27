import { statement, type IdentifierType } from "@parley/db";
import type { ContactState } from "./merge-row.ts";

// As the system role: under row-level security PostgreSQL would look no identifier up by its type in an index. And each by
// itself, whence `lateral`, and a lock or a limit: PostgreSQL keeps plans, and one by which rows are joined, and which was
// made while there were few contacts, would for ever read all of them.

interface HeldIdentifier {
  type: IdentifierType;
  value: string;
  contactId: string;
}

// contact_identifier_pkey. Held until the commit, in their order, so that nobody moves or removes them meanwhile.
export const HOLD_IDENTIFIERS = statement<HeldIdentifier>(
  "contact_import_hold_identifiers",
  `select i.type, i.value, i.contact_id as "contactId"
     from (select type, value from unnest($2::identifier_type[], $3::text[]) as n (type, value) order by type, value) k
    cross join lateral (
      select h.type, h.value, h.contact_id from contact_identifier h
       where h.tenant_id = $1 and h.type = k.type and h.value = k.value for share) i`,
);

// contact_identifier_pkey
export const FIND_IDENTIFIERS = statement<HeldIdentifier>(
  "contact_import_find_identifiers",
  `select i.type, i.value, i.contact_id as "contactId"
     from unnest($2::identifier_type[], $3::text[]) as k (type, value)
    cross join lateral (
      select h.type, h.value, h.contact_id from contact_identifier h
       where h.tenant_id = $1 and h.type = k.type and h.value = k.value limit 1) i`,
);

// contact_import_key_pkey. A key is an identifier, or a CONTACT that came with an id.
export const FIND_KEYS = statement<HeldIdentifier>(
  "contact_import_find_keys",
  `select i.type, i.value, i.contact_id as "contactId"
     from unnest($3::text[], $4::text[]) as k (type, value)
    cross join lateral (
      select h.type, h.value, h.contact_id from contact_import_key h
       where h.tenant_id = $1 and h.import_id = $2 and h.type = k.type and h.value = k.value limit 1) i`,
);

export const INSERT_KEYS = statement(
  "contact_import_insert_keys",
  `insert into contact_import_key (tenant_id, import_id, type, value, contact_id)
   select $1, $2, * from unnest($3::text[], $4::text[], $5::uuid[])`,
);

// As ingest does: claimed before the contact is written (the reference is checked at commit), sorted against deadlocks.
// What may be a primary one is, unless its contact has one of the type. contact_identifier_tenant_id_contact_id_idx
export const CLAIM_IDENTIFIERS = statement(
  "contact_import_claim_identifiers",
  `insert into contact_identifier (tenant_id, type, value, contact_id, is_primary, created_at)
   select $1, c.type, c.value, c.contact_id,
          c.may_be_primary and (c.is_new or coalesce((
            select false from contact_identifier i
             where i.tenant_id = $1 and i.contact_id = c.contact_id and i.type = c.type limit 1), true)),
          $7
     from unnest($2::identifier_type[], $3::text[], $4::uuid[], $5::bool[], $6::bool[])
          c (type, value, contact_id, may_be_primary, is_new)
    order by c.type, c.value
       on conflict do nothing`,
);

interface StoredContact extends ContactState {
  id: string;
  identifiers: number;
  isErased: boolean;
}

const STATE = `c.id, c.name, c.tags, c.attributes, c.metadata, c.erased_at is not null as "isErased",
          (select count(*)::int from contact_identifier i
            where i.tenant_id = c.tenant_id and i.contact_id = c.id) as identifiers`;

// contact_pkey, contact_identifier_tenant_id_contact_id_idx
export const LOCK_CONTACTS = statement<StoredContact>(
  "contact_import_lock_contacts",
  `select ${STATE} from contact c where c.tenant_id = $1 and c.id = any($2::uuid[]) order by c.id for no key update`,
);

// contact_pkey, contact_identifier_tenant_id_contact_id_idx
export const FIND_CONTACTS = statement<StoredContact>(
  "contact_import_find_contacts",
  `select ${STATE} from contact c where c.tenant_id = $1 and c.id = any($2::uuid[])`,
);

export const INSERT_CONTACTS = statement(
  "contact_import_insert_contacts",
  `insert into contact (tenant_id, id, name, tags, attributes, metadata, created_at, updated_at)
   select $1, id, name, array(select jsonb_array_elements_text(tags)), attributes, metadata, $7, $7
     from unnest($2::uuid[], $3::text[], $4::jsonb[], $5::jsonb[], $6::jsonb[]) c (id, name, tags, attributes, metadata)`,
);

// contact_pkey
export const UPDATE_CONTACTS = statement(
  "contact_import_update_contacts",
  `update contact t
      set name = c.name, tags = array(select jsonb_array_elements_text(c.tags)), attributes = c.attributes,
          metadata = c.metadata, updated_at = $7, version = t.version + 1
     from unnest($2::uuid[], $3::text[], $4::jsonb[], $5::jsonb[], $6::jsonb[]) c (id, name, tags, attributes, metadata)
    where t.tenant_id = $1 and t.id = any($2) and t.id = c.id`,
);
