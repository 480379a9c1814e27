import { sqlOf, statement, type AnyTx } from "@parley/db";
import type { TicketRow } from "./ticket-row.ts";

// sla_rulebook_pkey, ticket_tag_change_pkey
const NOTE = statement(
  "ticket_note_tags",
  `insert into ticket_tag_change (tenant_id, ticket_id, tags_before, tags)
   select $1, $2, $3, $4
    where exists (select from sla_rulebook b where b.tenant_id = $1 and b.is_followed)
       on conflict (tenant_id, ticket_id, txid) do update set tags = excluded.tags`,
);

/** Notes what the tags become, where promises go by them: the log says only that they changed. */
export async function noteTags(tx: AnyTx, { tenantId, id, tags }: TicketRow, after: readonly string[]): Promise<void> {
  await sqlOf(tx).run(NOTE, [tenantId, id, tags, after]);
}
