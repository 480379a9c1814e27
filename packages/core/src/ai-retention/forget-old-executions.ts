import { statement } from "@parley/db";
import { DEFAULT_AI_SETTINGS } from "../language-models/index.ts";
import { BATCH, firstIdOf, forgetAll, SHARE, type ForgetContext } from "./forget-all.ts";

// tenant_pkey, ai_settings_pkey, the primary key of the table. Receipts go along.
const forget = (table: "ai_rule_execution" | "ai_skipped_rules") =>
  statement(
    `${table}_forget`,
    `delete from ${table} e
    using (select t.id as tenant_id, x.id
             from tenant t
             left join ai_settings s on s.tenant_id = t.id
            cross join lateral (
              select extract(epoch from $1::timestamptz) * 1000
                       - coalesce(s.execution_retention_days, $2::int)::bigint * 86400000 as ms
            ) until
            cross join lateral (
              select o.id
                from ${table} o
               where o.tenant_id = t.id and o.id < ${firstIdOf("until.ms")}
               order by o.id
               limit $3
            ) x
            limit $4) old
    where e.tenant_id = old.tenant_id and e.id = old.id`,
  );

const FORGET = [forget("ai_rule_execution"), forget("ai_skipped_rules")];

/** Deletes executions that are older than their tenants keep them, and tells how many rows that were. */
export async function forgetOldExecutions({ database, clock }: ForgetContext): Promise<number> {
  const { executionRetentionDays } = DEFAULT_AI_SETTINGS;
  let forgotten = 0;
  for (const each of FORGET) {
    forgotten += await forgetAll(() => database.system.run(each, [clock.now(), executionRetentionDays, SHARE, BATCH]));
  }
  return forgotten;
}
