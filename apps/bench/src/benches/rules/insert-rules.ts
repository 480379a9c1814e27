import type { CreateRuleInput } from "@parley/core/rule-definitions";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { benchId } from "../../world/bench-ids.ts";
import { withSystem } from "../../world/seed-world.ts";

const INSERT = `
  insert into ai_rule (tenant_id, id, name, trigger, execution_mode, priority, conditions, actions, effective_from)
  select $1, id, name, trigger::ai_trigger, 'AUTO_EXECUTE', priority, conditions, actions, now() - interval '1 day'
    from unnest($2::uuid[], $3::text[], $4::text[], $5::int[], $6::jsonb[], $7::jsonb[])
         as r (id, name, trigger, priority, conditions, actions)`;

// As the verbs that change rules leave them: from now on the log is checked for what was missed.
const FOLLOW = [
  "insert into ai_rule_revision (tenant_id) values ($1)",
  `insert into ai_rule_progress (tenant_id, txid, seq)
   values ($1, pg_snapshot_xmin(pg_current_snapshot())::text::bigint, 0)`,
];

/** Rules of the tenant of an inbox, in force since yesterday. */
export function insertRules(database: BenchDatabase, inbox: number, rules: readonly CreateRuleInput[]): Promise<void> {
  const tenantId = benchId("tenant", inbox);
  return withSystem(database, async (client) => {
    await client.query(INSERT, [
      tenantId,
      rules.map((_rule, index) => benchId("rule", inbox, index)),
      rules.map(({ name }) => name),
      rules.map(({ trigger }) => trigger),
      rules.map(({ priority }) => priority),
      rules.map(({ conditions }) => JSON.stringify(conditions)),
      rules.map(({ actions }) => JSON.stringify(actions)),
    ]);
    for (const text of FOLLOW) await client.query(text, [tenantId]);
  });
}
