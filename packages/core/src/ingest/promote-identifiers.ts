import { statement, type Sql } from "@parley/db";
import type { ClaimedContact } from "./claim-contacts.ts";
import type { RoutedMessage } from "./route-parts.ts";

// contact_identifier_tenant_id_contact_id_idx
const PROMOTE = statement(
  "contact_promote_identifiers",
  `update contact_identifier i set is_primary = (i.value = p.value)
     from unnest($1::uuid[], $2::uuid[], $3::identifier_type[], $4::text[]) as p (tenant_id, contact_id, type, value)
    where i.tenant_id = p.tenant_id and i.contact_id = p.contact_id and i.type = p.type`,
);

/** A contact who changed number or user id is written to under the new one. Rare, so nothing is done mostly. */
export async function promoteIdentifiers(
  sql: Sql,
  messages: readonly (RoutedMessage & { contact: ClaimedContact })[],
): Promise<void> {
  const changes = new Map(
    messages.flatMap(({ contact, part }) =>
      (part.newIdentifiers ?? []).map(
        (identifier) => [`${contact.id} ${identifier.type}`, { contact, identifier }] as const,
      ),
    ),
  );
  if (changes.size === 0) return;
  const rows = [...changes.values()];
  await sql.run(PROMOTE, [
    rows.map(({ contact }) => contact.tenantId),
    rows.map(({ contact }) => contact.id),
    rows.map(({ identifier }) => identifier.type),
    rows.map(({ identifier }) => identifier.value),
  ]);
}
