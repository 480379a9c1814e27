import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";

const EMPTY = statement(
  "search_rebuild_empty",
  `with documents as (delete from search_document where tenant_id = $1),
        changes as (delete from search_change where tenant_id = $1)
   delete from search_segment where tenant_id = $1`,
);
// Segments are of one time when what is older comes first.
const NOTE_CONTACTS = noteAll(
  "search_rebuild_contacts",
  "CONTACT",
  "select id from contact where tenant_id = $1 order by id",
);
const NOTE_TICKETS = noteAll(
  "search_rebuild_tickets",
  "TICKET",
  "select id from ticket where tenant_id = $1 order by id",
);
const NOTE_MESSAGES = noteAll(
  "search_rebuild_messages",
  "MESSAGE",
  "select id from message where tenant_id = $1 and content ->> 'text' <> '' order by occurred_at, id",
);

/** Empties the index of a tenant and lets it be made anew from what is there; until that is done not everything is found. */
export async function rebuildIndex(ctx: Pick<SystemContext, "database">, tenantId: string): Promise<void> {
  await ctx.database.system.transaction(async (tx) => {
    for (const step of [EMPTY, NOTE_CONTACTS, NOTE_TICKETS, NOTE_MESSAGES]) await tx.run(step, [tenantId]);
  });
}

function noteAll(name: string, kind: string, ids: string) {
  return statement(
    name,
    `insert into search_change (tenant_id, kind, subject_id) select $1, '${kind}', s.id from (${ids}) s`,
  );
}
