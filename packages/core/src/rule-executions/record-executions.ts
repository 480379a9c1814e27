import { statement, type AiExecutionOutcome, type Sql } from "@parley/db";
import { newId } from "@parley/runtime";
import type { ActionReceipt } from "../rule-actions/index.ts";
import type { FailingTest } from "../rule-conditions/index.ts";
import type { CompiledRule } from "../rule-definitions/index.ts";
import type { RuleEvent } from "../rule-events/index.ts";

/** That a rule was asked about an event, and what came of it. */
export interface Execution {
  id: string;
  event: RuleEvent;
  rule: Pick<CompiledRule, "id" | "version" | "trigger">;
  outcome: AiExecutionOutcome;
  /** Why it was skipped. */
  reason?: string | undefined;
  failing?: FailingTest | undefined;
  error?: { code: string; message: string } | undefined;
}

/** A rule that, now that its ticket is held, is not to do anything. */
export function skipped(event: RuleEvent, rule: CompiledRule, reason: string, failing?: FailingTest): Execution {
  return { id: newId(), event, rule, outcome: "SKIPPED", reason, failing };
}

// ai_rule_execution_tenant_id_event_seq_rule_id_key
const INSERT = statement(
  "rule_executions_insert",
  `insert into ai_rule_execution (tenant_id, event_seq, conversation_id, ticket_id, message_id, depth, id, rule_id, version,
                                  trigger, outcome, reason, failing, error, created_at)
   select *, $15
     from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::uuid[], $6::int[], $7::uuid[], $8::uuid[], $9::int[],
                 $10::ai_trigger[], $11::ai_execution_outcome[], $12::text[], $13::jsonb[], $14::jsonb[])
       on conflict (tenant_id, event_seq, rule_id) do nothing`,
);

/** Writes executions down, those that are not yet; set-wise. Tells how many that were. */
export async function recordExecutions(sql: Sql, executions: readonly Execution[], now: Date): Promise<number> {
  if (executions.length === 0) return 0;
  // Two workers that were given the same events must not wait for each other crosswise.
  const sorted = executions.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const column = <T>(read: (execution: Execution) => T): T[] => sorted.map(read);
  return sql.run(INSERT, [
    column(({ event }) => event.tenantId),
    column(({ event }) => event.seq),
    column(({ event }) => event.conversationId),
    column(({ event }) => event.ticketId),
    column(({ event }) => event.messageId),
    column(({ event }) => event.cause?.rules.length ?? 0),
    column(({ id }) => id),
    column(({ rule }) => rule.id),
    column(({ rule }) => rule.version),
    column(({ rule }) => rule.trigger),
    column(({ outcome }) => outcome),
    column(({ reason }) => reason ?? null),
    column(({ failing }) => jsonOf(failing)),
    column(({ error }) => jsonOf(error)),
    now,
  ]);
}

function keyOf({ event, rule }: Execution): string {
  return `${event.tenantId} ${event.seq.padStart(20, "0")} ${rule.id}`;
}

function jsonOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** What the actions of an execution did. */
export interface ExecutionReceipts {
  tenantId: string;
  executionId: string;
  receipts: readonly ActionReceipt[];
}

const INSERT_RECEIPTS = statement(
  "rule_receipts_insert",
  `insert into ai_action_receipt (tenant_id, execution_id, position, type, effect, created_at)
   select *, $6 from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::jsonb[])`,
);

/** What actions did, in the transaction in which they did so, after their executions; set-wise. */
export async function recordReceipts(sql: Sql, executions: readonly ExecutionReceipts[], now: Date): Promise<void> {
  const rows = executions.flatMap(({ receipts, ...of }) => receipts.map((receipt) => ({ ...of, ...receipt })));
  if (rows.length === 0) return;
  await sql.run(INSERT_RECEIPTS, [
    rows.map(({ tenantId }) => tenantId),
    rows.map(({ executionId }) => executionId),
    rows.map(({ position }) => position),
    rows.map(({ type }) => type),
    rows.map(({ effect }) => JSON.stringify(effect)),
    now,
  ]);
}
