import { statement, type Sql } from "@parley/db";

// A row's lock would be shared with whoever comes while somebody else waits to have it alone: where tickets are judged
// without a pause, a revision would wait for ever. These are given in the order in which they are asked for.
const KEY = "hashtextextended('sla ' || k.tenant_id, 0)";

const SHARE = statement(
  "sla_books_share",
  `select pg_advisory_xact_lock_shared(${KEY})
     from (select distinct tenant_id::text from unnest($1::uuid[]) as t (tenant_id) order by 1 offset 0) k`,
);
const LOCK = statement(
  "sla_book_lock",
  `select pg_advisory_xact_lock(${KEY}) from (select $1::uuid::text as tenant_id) k`,
);

/**
 * Until the transaction has ended these tenants' rules do not change. What they are is to be asked in a statement of its
 * own, after this one, which may have waited for a change.
 */
export function shareBooks(sql: Sql, tenantIds: readonly string[]): Promise<unknown> {
  return sql.run(SHARE, [tenantIds]);
}

/** Waits for whoever judges by the rules that are about to change, and keeps others from beginning. */
export function lockBook(sql: Sql, tenantId: string): Promise<unknown> {
  return sql.run(LOCK, [tenantId]);
}
