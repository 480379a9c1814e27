import { statement, type Sql } from "@parley/db";
import { importedId } from "./imported-id.ts";

interface FoundContact {
  askedId: string;
  contactId: string;
  isErased: boolean;
}

// contact_pkey, contact_erasure_tenant_id_contact_id_key, contact_merge_tenant_id_source_id_idx. Each by itself, whence `lateral` and
// the limits, as in the other statements of imports. Who was merged away is whoever they became a part of at last.
export const FIND_BY_IDS = statement<FoundContact>(
  "contact_import_find_by_ids",
  `select k.id as "askedId", f.id as "contactId", f.is_erased as "isErased"
     from unnest($2::uuid[]) k (id)
    cross join lateral (
      with recursive place (id) as (
        select k.id
         union
        select m.target_id
          from place p
         cross join lateral (
           select target_id from contact_merge
            where tenant_id = $1 and source_id = p.id and undone_at is null order by id desc limit 1) m
      )
      select p.id, (c.id is null or c.erased_at is not null) as is_erased
        from place p
        left join lateral (select id, erased_at from contact where tenant_id = $1 and id = p.id limit 1) c on true
        left join lateral (select contact_id from contact_erasure where tenant_id = $1 and contact_id = p.id limit 1) e on true
       where c.id is not null or e.contact_id is not null
       order by p.id <> k.id, c.id is null
       limit 1) f`,
);

// contact_import_key_pkey
export const FIND_TRIED_IDS = statement<FoundContact>(
  "contact_import_find_tried_ids",
  `select i.contact_id as "askedId", i.contact_id as "contactId", false as "isErased"
     from unnest($3::text[]) k (value)
    cross join lateral (
      select h.contact_id from contact_import_key h
       where h.tenant_id = $1 and h.import_id = $2 and h.type = 'CONTACT' and h.value = k.value limit 1) i`,
);

/** Who is meant by an id that a file gives: they themselves, whom they became a part of, or who came with that id before. */
export interface KnownIds {
  contactOf: (givenId: string) => string | undefined;
  /** Of somebody who was erased, also as a part of another contact. */
  isErased: (givenId: string) => boolean;
}

/** Looks up the ids of a batch; of a dry run also those that it would have made. */
export async function findByIds(
  sql: Sql,
  rows: readonly { contactId: string | null }[],
  { tenantId, importId, isDryRun }: { tenantId: string; importId: string; isDryRun: boolean },
): Promise<KnownIds> {
  const given = [...new Set(rows.flatMap(({ contactId }) => contactId ?? []))];
  const imported = new Map(given.map((id) => [id, importedId(tenantId, id)]));
  const found =
    given.length === 0
      ? []
      : [
          ...(isDryRun ? await sql.rows(FIND_TRIED_IDS, [tenantId, importId, [...imported.values()]]) : []),
          ...(await sql.rows(FIND_BY_IDS, [tenantId, [...given, ...imported.values()]])),
        ];
  const byId = new Map(found.map((contact) => [contact.askedId, contact]));
  const meant = (id: string): FoundContact | undefined => byId.get(id) ?? byId.get(imported.get(id) ?? "");
  return {
    contactOf: (id) => meant(id)?.contactId,
    isErased: (id) => meant(id)?.isErased ?? false,
  };
}
