import { statement, together, type Sql } from "@parley/db";
import { shareBooks } from "./book-locks.ts";
import { compileRules, type StoredRevision } from "./compile-rules.ts";
import type { SlaRules } from "./rules.ts";

/** The revisions of tenants' rules, compiled and kept: they never change. */
export interface RuleBooks {
  /**
   * All revisions of each tenant up to the one that holds, the oldest first. None other comes to hold until the transaction
   * has ended. A tenant without rules has none. Asking for those of a tenant whose rules cannot be read throws: so it is in
   * the way of nobody else.
   */
  hold(sql: Sql, tenantIds: readonly string[]): Promise<RevisionsOf>;
}

export type RevisionsOf = (tenantId: string) => readonly SlaRules[];

/** Tenants whose revisions are kept. */
const KEPT = 1_000;

// sla_rulebook_pkey
const READ_BOOKS = statement<{ tenantId: string; revision: number }>(
  "sla_rulebook_read",
  `select tenant_id as "tenantId", revision from sla_rulebook where tenant_id = any($1::uuid[])`,
);
// sla_revision_pkey
const READ_REVISIONS = statement<StoredRevision & { tenantId: string }>(
  "sla_revision_read",
  `select r.tenant_id as "tenantId", r.revision, r.effective_at as "effectiveAt", r.definition
     from unnest($1::uuid[], $2::int[]) as k (tenant_id, after)
     join sla_revision r on r.tenant_id = k.tenant_id and r.revision > k.after
    order by r.tenant_id, r.revision`,
);

export function createRuleBooks(): RuleBooks {
  const kept = new Map<string, readonly SlaRules[]>();
  const lastOf = (tenantId: string): number => kept.get(tenantId)?.at(-1)?.revision ?? 0;

  return {
    async hold(sql, tenantIds) {
      const [, books] = await together([shareBooks(sql, tenantIds), sql.rows(READ_BOOKS, [[...new Set(tenantIds)]])]);
      const stale = books.filter(({ tenantId, revision }) => lastOf(tenantId) < revision);
      const found = new Map(books.map(({ tenantId }) => [tenantId, kept.get(tenantId) ?? []]));
      const unreadable = new Map<string, unknown>();
      if (stale.length > 0) {
        const rows = await sql.rows(READ_REVISIONS, [
          stale.map(({ tenantId }) => tenantId),
          stale.map(({ tenantId }) => lastOf(tenantId)),
        ]);
        for (const [tenantId, news] of Map.groupBy(rows, (row) => row.tenantId)) {
          try {
            const revisions = [...(found.get(tenantId) ?? []), ...news.map(compileRules)];
            found.set(tenantId, revisions);
            kept.set(tenantId, revisions);
          } catch (error) {
            unreadable.set(tenantId, error);
          }
        }
        forgetOldest(kept);
      }
      return (tenantId) => {
        if (unreadable.has(tenantId)) throw unreadable.get(tenantId);
        return found.get(tenantId) ?? [];
      };
    },
  };
}

function forgetOldest(kept: Map<string, unknown>): void {
  for (const tenantId of kept.keys()) {
    if (kept.size <= KEPT) return;
    kept.delete(tenantId);
  }
}
