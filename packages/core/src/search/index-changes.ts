import { statement, type SearchKind, type Sql } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { indexContacts } from "./index-contacts.ts";
import { indexMessages } from "./index-messages.ts";
import { indexTickets } from "./index-tickets.ts";

interface Change {
  kind: SearchKind;
  id: string;
}

/** So long does a search wait for what was just written: for whoever is at it, and for its own part. */
const PATIENCE_MS = 2_000;

const LIMIT_WAIT = statement<object>(
  "search_limit_wait",
  `select set_config('statement_timeout', '${PATIENCE_MS}', true)`,
);
// One process at a time indexes a tenant, so that segments and documents need no further order of locks.
const LOCK = statement<object>("search_lock", "select pg_advisory_xact_lock(hashtextextended('search/' || $1, 0))");
const TRY_LOCK = statement<{ isLocked: boolean }>(
  "search_try_lock",
  `select pg_try_advisory_xact_lock(hashtextextended('search/' || $1, 0)) as "isLocked"`,
);

const TAKE_OLDEST = takeChanges("search_take_oldest", "asc");
const TAKE_NEWEST = takeChanges("search_take_newest", "desc");

/**
 * Brings the oldest `most` changes of each kind of a tenant into the index, in one transaction, and says how many those were:
 * none while another process does so.
 */
export function indexOldest(
  { database }: Pick<SystemContext, "database">,
  tenantId: string,
  most: number,
): Promise<number> {
  return database.system.transaction(async (tx) => {
    const [tried] = await tx.rows(TRY_LOCK, [tenantId]);
    return tried?.isLocked ? indexTaken(tx, tenantId, await tx.rows(TAKE_OLDEST, [tenantId, most])) : 0;
  });
}

/** The same with the newest, for whoever has a search to answer, and waits for another process, but not for ever: 57014. */
export function indexNewest(
  { database }: Pick<SystemContext, "database">,
  tenantId: string,
  most: number,
): Promise<number> {
  return database.system.transaction(async (tx) => {
    await tx.rows(LIMIT_WAIT, []);
    await tx.rows(LOCK, [tenantId]);
    return indexTaken(tx, tenantId, await tx.rows(TAKE_NEWEST, [tenantId, most]));
  });
}

/** Makes documents of these contacts, messages and tickets anew, in the transaction of whoever waits for nobody else's. */
export async function indexAnew(tx: Sql, tenantId: string, kind: SearchKind, ids: readonly string[]): Promise<void> {
  await tx.rows(LOCK, [tenantId]);
  await INDEX[kind](tx, tenantId, ids);
}

const INDEX = { CONTACT: indexContacts, MESSAGE: indexMessages, TICKET: indexTickets };

async function indexTaken(tx: Sql, tenantId: string, taken: readonly Change[]): Promise<number> {
  for (const kind of ["CONTACT", "MESSAGE", "TICKET"] as const) {
    const ids = taken.filter((change) => change.kind === kind).map(({ id }) => id);
    await INDEX[kind](tx, tenantId, [...new Set(ids)]);
  }
  return taken.length;
}

/** As many of each kind, so that none waits behind a million of another. search_change_pkey */
function takeChanges(name: string, order: "asc" | "desc") {
  return statement<Change>(
    name,
    `delete from search_change c
      using (select t.*
               from unnest(enum_range(null::search_kind)) k (kind)
              cross join lateral (
                select n.tenant_id, n.kind, n.seq from search_change n
                 where n.tenant_id = $1 and n.kind = k.kind order by n.seq ${order} limit $2) t) t
      where c.tenant_id = t.tenant_id and c.kind = t.kind and c.seq = t.seq
     returning c.kind, c.subject_id as id`,
  );
}
