import { statement, type IdentifierType } from "@parley/db";

// As the system role: under row-level security PostgreSQL would look no identifier up by its type in an index.

interface HeldIdentifier {
  type: IdentifierType;
  value: string;
  contactId: string;
}

// contact_identifier_pkey. Held until the commit, in their order, so that nobody moves or removes them meanwhile.
export const HOLD_IDENTIFIERS = statement<HeldIdentifier>(
  "contact_import_hold_identifiers",
  `select i.type, i.value, i.contact_id as "contactId"
     from unnest($2::identifier_type[], $3::text[]) as k (type, value)
     join contact_identifier i on i.tenant_id = $1 and i.type = k.type and i.value = k.value
    order by i.type, i.value
      for share of i`,
);

// contact_identifier_pkey
export const FIND_IDENTIFIERS = statement<HeldIdentifier>(
  "contact_import_find_identifiers",
  `select i.type, i.value, i.contact_id as "contactId"
     from unnest($2::identifier_type[], $3::text[]) as k (type, value)
     join contact_identifier i on i.tenant_id = $1 and i.type = k.type and i.value = k.value`,
);

// contact_import_key_pkey
export const FIND_KEYS = statement<HeldIdentifier>(
  "contact_import_find_keys",
  `select i.type, i.value, i.contact_id as "contactId"
     from unnest($3::identifier_type[], $4::text[]) as k (type, value)
     join contact_import_key i on i.tenant_id = $1 and i.import_id = $2 and i.type = k.type and i.value = k.value`,
);

export const INSERT_KEYS = statement(
  "contact_import_insert_keys",
  `insert into contact_import_key (tenant_id, import_id, type, value, contact_id)
   select $1, $2, * from unnest($3::identifier_type[], $4::text[], $5::uuid[])`,
);

// As ingest does: claimed before the contact is written (the reference is checked at commit), sorted against deadlocks.
// What may be a primary one is, unless its contact has one of the type. contact_identifier_tenant_id_contact_id_idx
export const CLAIM_IDENTIFIERS = statement(
  "contact_import_claim_identifiers",
  `insert into contact_identifier (tenant_id, type, value, contact_id, is_primary, created_at)
   select $1, c.type, c.value, c.contact_id,
          c.may_be_primary and (c.is_new or not exists (
            select from contact_identifier i
             where i.tenant_id = $1 and i.contact_id = c.contact_id and i.type = c.type)),
          $7
     from unnest($2::identifier_type[], $3::text[], $4::uuid[], $5::bool[], $6::bool[])
          c (type, value, contact_id, may_be_primary, is_new)
    order by c.type, c.value
       on conflict do nothing`,
);

interface StoredContact {
  id: string;
  name: string | null;
  tags: string[];
  attributes: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

const STATE = "id, name, tags, attributes, metadata";

// contact_pkey
export const LOCK_CONTACTS = statement<StoredContact>(
  "contact_import_lock_contacts",
  `select ${STATE} from contact where tenant_id = $1 and id = any($2::uuid[]) order by id for no key update`,
);

// contact_pkey
export const FIND_CONTACTS = statement<StoredContact>(
  "contact_import_find_contacts",
  `select ${STATE} from contact where tenant_id = $1 and id = any($2::uuid[])`,
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
    where t.tenant_id = $1 and t.id = c.id`,
);
