import { sqlOf, statement, together, type AnyTx } from "@parley/db";

// ai_rule_revision_pkey
const TOUCH = statement(
  "rule_revision_touch",
  `insert into ai_rule_revision (tenant_id) values ($1)
       on conflict (tenant_id) do update
      set revision = ai_rule_revision.revision + 1, txid = pg_current_xact_id()::text::bigint`,
);
// ai_rule_progress_pkey. What is written from now on is checked: it comes after every transaction that has ended.
const BEGIN_CHECKING = statement(
  "rule_progress_begin",
  `insert into ai_rule_progress (tenant_id, txid, seq)
   values ($1, pg_snapshot_xmin(pg_current_snapshot())::text::bigint, 0)
       on conflict (tenant_id) do nothing`,
);

/**
 * Tells workers that what they have compiled of a tenant is not so any more: its rules, or what these are asked with. To be
 * called in the transaction of the change.
 */
export async function touchRules(tx: AnyTx, tenantId: string): Promise<void> {
  const sql = sqlOf(tx);
  await together([sql.run(TOUCH, [tenantId]), sql.run(BEGIN_CHECKING, [tenantId])]);
}
