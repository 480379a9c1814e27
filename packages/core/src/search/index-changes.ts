import { statement, type SearchKind, type Sql } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { indexContacts } from "./index-contacts.ts";
import { indexMessages } from "./index-messages.ts";
import { indexTickets } from "./index-tickets.ts";

interface Change {
  kind: SearchKind;
  id: string;
}

// One process at a time indexes a tenant, so that segments and documents need no further order of locks.
const LOCK = statement<object>("search_lock", "select pg_advisory_xact_lock(hashtextextended('search/' || $1, 0))");
const TRY_LOCK = statement<{ isLocked: boolean }>(
  "search_try_lock",
  `select pg_try_advisory_xact_lock(hashtextextended('search/' || $1, 0)) as "isLocked"`,
);

// search_change_pkey
const TAKE_OLDEST = takeChanges("search_take_oldest", "asc");
const TAKE_NEWEST = takeChanges("search_take_newest", "desc");

/**
 * Brings up to `most` of what has changed of a tenant into the index, in one transaction, and says how much that was. A worker
 * takes the oldest, and nothing while another process does so; whoever has a search to answer waits for that one, and takes the
 * newest.
 */
export function indexChanges(
  { database }: Pick<SystemContext, "database">,
  tenantId: string,
  { most, newestFirst }: { most: number; newestFirst: boolean },
): Promise<number> {
  return database.system.transaction(async (tx) => {
    if (newestFirst) await tx.rows(LOCK, [tenantId]);
    else if (!(await tx.rows(TRY_LOCK, [tenantId]))[0]?.isLocked) return 0;
    const taken = await tx.rows(newestFirst ? TAKE_NEWEST : TAKE_OLDEST, [tenantId, most]);
    await indexSubjects(tx, tenantId, taken);
    return taken.length;
  });
}

async function indexSubjects(tx: Sql, tenantId: string, changes: readonly Change[]): Promise<void> {
  const idsOf = (wanted: SearchKind): string[] => [
    ...new Set(changes.filter(({ kind }) => kind === wanted).map(({ id }) => id)),
  ];
  await indexContacts(tx, tenantId, idsOf("CONTACT"));
  await indexMessages(tx, tenantId, idsOf("MESSAGE"));
  await indexTickets(tx, tenantId, idsOf("TICKET"));
}

function takeChanges(name: string, order: "asc" | "desc") {
  return statement<Change>(
    name,
    `delete from search_change c
      using (select tenant_id, seq from search_change where tenant_id = $1 order by seq ${order} limit $2) t
      where c.tenant_id = t.tenant_id and c.seq = t.seq
     returning c.kind, c.subject_id as id`,
  );
}
