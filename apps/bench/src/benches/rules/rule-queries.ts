import pg from "pg";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { withSystem } from "../../world/seed-world.ts";
import { conditionSql, type ConditionSql } from "./condition-sql.ts";
import type { Asking, CompiledRule } from "./evaluations.ts";
import type { Condition } from "./rule-mix.ts";

/** The usual way: each rule is a prepared statement, which asks the tables about an event. */
export interface RuleQueries {
  holds(asking: Asking, rule: CompiledRule): Promise<boolean>;
  /** More than once does no harm. */
  close(): Promise<void>;
}

const CONNECTIONS = 4;

export async function openRuleQueries(database: BenchDatabase): Promise<RuleQueries> {
  const queries = await readQueries(database);
  const pool = new pg.Pool({ connectionString: database.systemUrl, max: CONNECTIONS });
  let closed: Promise<void> | undefined;
  return {
    async holds({ event: { tenantId, ticketId, messageId, seq } }, rule) {
      const query = queries.get(`${tenantId} ${rule.id}`);
      if (!query) throw new Error(`${rule.name} has no query`);
      const { name, text, values } = query;
      const { rows } = await pool.query<{ holds: boolean }>({
        name,
        text,
        values: [tenantId, ticketId, messageId, seq, ...values],
      });
      return rows[0]?.holds ?? false;
    },
    close: () => (closed ??= pool.end()),
  };
}

type RuleQuery = ConditionSql & { name: string };

/** By tenant and rule. Conditions of one form share a statement. */
async function readQueries(database: BenchDatabase): Promise<Map<string, RuleQuery>> {
  const { rows } = await withSystem(database, (client) =>
    client.query<{ key: string; conditions: Condition }>(
      "select tenant_id || ' ' || id as key, conditions from ai_rule",
    ),
  );
  const names = new Map<string, string>();
  return new Map(
    rows.map(({ key, conditions }) => {
      const query = conditionSql(conditions);
      const name = names.get(query.text) ?? `rule_${names.size}`;
      names.set(query.text, name);
      return [key, { ...query, name }];
    }),
  );
}
