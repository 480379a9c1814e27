import { statement, type Sql } from "@parley/db";
import type { Identifier } from "../contacts/index.ts";
import type { IncomingMessage } from "./incoming-message.ts";

// contact_identifier_tenant_id_contact_id_idx, contact_identifier_pkey. Changes may come late and out of order: one that
// is older than the last, or whose new identifier is somebody else's, changes nothing.
const PROMOTE = statement(
  "contact_promote_identifiers",
  `update contact_identifier i
      set is_primary = (i.value = p.value),
          primary_since = case when i.value = p.value then p.since else i.primary_since end
     from unnest($1::uuid[], $2::uuid[], $3::identifier_type[], $4::text[], $5::timestamptz[])
          as p (tenant_id, contact_id, type, value, since)
    where i.tenant_id = p.tenant_id and i.contact_id = p.contact_id and i.type = p.type
      and exists (
        select from contact_identifier own
         where own.tenant_id = p.tenant_id and own.type = p.type and own.value = p.value and own.contact_id = p.contact_id
      )
      and not exists (
        select from contact_identifier later
         where later.tenant_id = p.tenant_id and later.contact_id = p.contact_id and later.type = p.type
           and later.primary_since > p.since
      )`,
);

/**
 * A contact who changed number or user id is written to under the new one, and one who has several numbers, because two
 * contacts were merged, under the one from which they wrote last: only there the window is open. Rare, so nothing is done
 * mostly.
 */
export async function promoteIdentifiers(sql: Sql, messages: readonly IncomingMessage[]): Promise<void> {
  const inOrder = messages
    .filter((message) => usedLast(message).length > 0)
    .toSorted((a, b) => a.part.occurredAt.getTime() - b.part.occurredAt.getTime());
  if (inOrder.length === 0) return;
  const latest = new Map(
    inOrder.flatMap((message) =>
      usedLast(message).map((identifier) => {
        const { contact, part } = message;
        return [`${contact.id} ${identifier.type}`, { contact, identifier, since: part.occurredAt }] as const;
      }),
    ),
  );
  const rows = [...latest.values()];
  await sql.run(PROMOTE, [
    rows.map(({ contact }) => contact.tenantId),
    rows.map(({ contact }) => contact.id),
    rows.map(({ identifier }) => identifier.type),
    rows.map(({ identifier }) => identifier.value),
    rows.map(({ since }) => since),
  ]);
}

function usedLast({ contact, part }: IncomingMessage): readonly Identifier[] {
  if (part.newIdentifiers !== undefined) return part.newIdentifiers;
  return part.direction === "INBOUND" && contact.secondary ? [contact.secondary] : [];
}
