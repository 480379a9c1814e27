import { statement } from "@parley/db";
import { DEFAULT_AI_SETTINGS } from "../language-models/index.ts";
import { BATCH, firstIdOf, forgetAll, SHARE, type ForgetContext } from "./forget-all.ts";

// tenant_pkey, ai_settings_pkey, ai_rule_execution_pkey. Receipts go along.
const FORGET = statement(
  "rule_executions_forget",
  `delete from ai_rule_execution e
    using (select t.id as tenant_id, x.id
             from tenant t
             left join ai_settings s on s.tenant_id = t.id
            cross join lateral (
              select extract(epoch from $1::timestamptz) * 1000
                       - coalesce(s.execution_retention_days, $2::int)::bigint * 86400000 as ms
            ) until
            cross join lateral (
              select o.id
                from ai_rule_execution o
               where o.tenant_id = t.id and o.id < ${firstIdOf("until.ms")}
               order by o.id
               limit $3
            ) x
            limit $4) old
    where e.tenant_id = old.tenant_id and e.id = old.id`,
);

/** Deletes executions that are older than their tenants keep them, and tells how many that were. */
export function forgetOldExecutions({ database, clock }: ForgetContext): Promise<number> {
  const { executionRetentionDays } = DEFAULT_AI_SETTINGS;
  return forgetAll(() => database.system.run(FORGET, [clock.now(), executionRetentionDays, SHARE, BATCH]));
}
