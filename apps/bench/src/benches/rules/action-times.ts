import type { BenchDatabase } from "../../setting/bench-database.ts";
import { withSystem } from "../../world/seed-world.ts";

/** When messages were told in the log, and when a rule had acted on each, in milliseconds since 1970, by PostgreSQL's clock. */
export interface ActionTimes {
  toldAt: Float64Array;
  actedAt: Float64Array;
}

// Events are never written again, so the transaction of the row is the one that inserted it. A change of priority is
// committed with its event, which names the execution of the rule that made it.
const timesBy = (time: string): string => `
  select extract(epoch from ${time.replaceAll("$", "told")})::float8 * 1000 as "toldAt",
         extract(epoch from ${time.replaceAll("$", "acted")})::float8 * 1000 as "actedAt"
    from event acted
    join ai_rule_execution x on x.tenant_id = acted.tenant_id and x.id = (acted.cause ->> 'executionId')::uuid
    join event told on told.tenant_id = x.tenant_id and told.seq = x.event_seq
   where acted.type = 'PRIORITY_CHANGED' and told.type = 'MESSAGE_RECEIVED'
   order by told.seq`;

const READ_LEDGER = `
  select (select count(*) from message where direction = 'INBOUND')::int as messages,
         (select count(*) + (select sum(cardinality(rule_ids)) from ai_skipped_rules) from ai_rule_execution)::int as executions,
         (select count(distinct event_seq) from ai_rule_execution where outcome = 'SUCCESS')::int as acted,
         (select count(*) from ai_rule_execution where outcome = 'SUCCESS')::int as successes,
         (select count(*) from ai_action_receipt)::int as receipts,
         (select count(*) from ai_rule_execution where outcome = 'FAILED')::int as failed`;

/** What the tables hold in the end. */
export type RuleLedger = Record<"messages" | "executions" | "acted" | "successes" | "receipts" | "failed", number>;

export function readLedger(database: BenchDatabase): Promise<RuleLedger> {
  return withSystem(database, async (client) => {
    const { rows } = await client.query<RuleLedger>(READ_LEDGER);
    const [ledger] = rows;
    if (!ledger) throw new Error("counts are always there");
    return ledger;
  });
}

/**
 * The commits of all messages and of what rules made of them. A server that keeps no commit times is asked for the times
 * that the events bear instead.
 */
export function readActionTimes(database: BenchDatabase): Promise<ActionTimes> {
  return withSystem(database, async (client) => {
    const { rows: settings } = await client.query<{ value: string }>(
      "select current_setting('track_commit_timestamp') as value",
    );
    const time = settings[0]?.value === "on" ? "pg_xact_commit_timestamp($.xmin)" : "$.created_at";
    const { rows } = await client.query<{ toldAt: number; actedAt: number }>(timesBy(time));
    return {
      toldAt: Float64Array.from(rows, ({ toldAt }) => toldAt),
      actedAt: Float64Array.from(rows, ({ actedAt }) => actedAt),
    };
  });
}
