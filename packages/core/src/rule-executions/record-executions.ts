import { statement, type AiExecutionOutcome, type Sql } from "@parley/db";
import { newId } from "@parley/runtime";
import type { ActionReceipt } from "../rule-actions/index.ts";
import type { FailingTest } from "../rule-conditions/index.ts";
import type { CompiledRule } from "../rule-definitions/index.ts";
import type { EventKey, RuleEvent } from "../rule-events/index.ts";

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

/** A rule that did not apply, or was not to do anything. */
export function skipped(event: RuleEvent, rule: CompiledRule, reason: string, failing?: FailingTest): Execution {
  return { id: newId(), event, rule, outcome: "SKIPPED", reason, failing };
}

// ai_rule_execution_tenant_id_event_seq_rule_id_key. An event is given once, with the places of its executions: most of a
// row is the same for all of them, and there may be thousands.
const INSERT = statement(
  "rule_executions_insert",
  `insert into ai_rule_execution (tenant_id, event_seq, conversation_id, ticket_id, message_id, depth, id, rule_id, version,
                                  trigger, outcome, reason, failing, error, created_at)
   select e.tenant_id, e.event_seq, e.conversation_id, e.ticket_id, e.message_id, e.depth, x.*, $17
     from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::uuid[], $6::int[], $7::int[], $8::int[])
          as e (tenant_id, event_seq, conversation_id, ticket_id, message_id, depth, first, last)
    cross join lateral unnest(
          ($9::uuid[])[e.first:e.last], ($10::uuid[])[e.first:e.last], ($11::int[])[e.first:e.last],
          ($12::ai_trigger[])[e.first:e.last], ($13::ai_execution_outcome[])[e.first:e.last],
          ($14::text[])[e.first:e.last], ($15::jsonb[])[e.first:e.last], ($16::jsonb[])[e.first:e.last]) as x
       on conflict (tenant_id, event_seq, rule_id) do nothing`,
);

/** Writes executions down, those that are not yet; set-wise. Tells how many that were. */
export async function recordExecutions(sql: Sql, executions: readonly Execution[], now: Date): Promise<number> {
  if (executions.length === 0) return 0;
  const ofEvents = inOrder(executions);
  const events = ofEvents.map(({ event }) => event);
  const sorted = ofEvents.flatMap(({ executions: ofOne }) => ofOne);
  let place = 0;
  const last = ofEvents.map(({ executions: ofOne }) => (place += ofOne.length));
  const column = <T>(read: (execution: Execution) => T): T[] => sorted.map(read);
  return sql.run(INSERT, [
    events.map(({ tenantId }) => tenantId),
    events.map(({ seq }) => seq),
    events.map(({ conversationId }) => conversationId),
    events.map(({ ticketId }) => ticketId),
    events.map(({ messageId }) => messageId),
    events.map(({ cause }) => cause?.rules.length ?? 0),
    last.map((_place, index) => (last[index - 1] ?? 0) + 1),
    last,
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

interface OfEvent {
  event: RuleEvent;
  executions: Execution[];
}

/** By event and then by rule: two workers that were given the same events must not wait for each other crosswise. */
function inOrder(executions: readonly Execution[]): OfEvent[] {
  const ofEvents = Map.groupBy(executions, ({ event }) => `${event.tenantId} ${event.seq.padStart(20, "0")}`);
  return [...ofEvents]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, ofOne]) => {
      const [first] = ofOne;
      if (!first) return [];
      return [
        { event: first.event, executions: ofOne.toSorted((one, other) => (one.rule.id < other.rule.id ? -1 : 1)) },
      ];
    });
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

interface KnownExecution {
  seq: string;
  ruleId: string;
  outcome: AiExecutionOutcome;
}

// ai_rule_execution_tenant_id_event_seq_rule_id_key
const FIND_KNOWN = statement<KnownExecution>(
  "rule_executions_known",
  `select x.event_seq::text as seq, x.rule_id as "ruleId", x.outcome
     from unnest($1::uuid[], $2::bigint[]) as k (tenant_id, seq)
     join ai_rule_execution x on x.tenant_id = k.tenant_id and x.event_seq = k.seq`,
);
const FIND_KNOWN_OF_RULES = statement<KnownExecution>(
  "rule_executions_known_of_rules",
  `select x.event_seq::text as seq, x.rule_id as "ruleId", x.outcome
     from unnest($1::uuid[], $2::bigint[], $3::uuid[]) as k (tenant_id, seq, rule_id)
     join ai_rule_execution x on x.tenant_id = k.tenant_id and x.event_seq = k.seq and x.rule_id = k.rule_id`,
);

/** Outcomes by the event's `seq`, and by rule. */
export type KnownOutcomes = ReadonlyMap<string, ReadonlyMap<string, AiExecutionOutcome>>;

/** What came of these events already, when they are handled again. */
export async function findKnownOutcomes(sql: Sql, events: readonly EventKey[]): Promise<KnownOutcomes> {
  return byEvent(await sql.rows(FIND_KNOWN, [events.map(({ tenantId }) => tenantId), events.map(({ seq }) => seq)]));
}

/** What came already of asking these rules about these events. */
export async function findKnownOfRules(
  sql: Sql,
  asked: readonly { event: EventKey; rule: Pick<CompiledRule, "id"> }[],
): Promise<KnownOutcomes> {
  return byEvent(
    await sql.rows(FIND_KNOWN_OF_RULES, [
      asked.map(({ event }) => event.tenantId),
      asked.map(({ event }) => event.seq),
      asked.map(({ rule }) => rule.id),
    ]),
  );
}

function byEvent(rows: readonly KnownExecution[]): KnownOutcomes {
  const ofEvent = Map.groupBy(rows, ({ seq }) => seq);
  return new Map(
    [...ofEvent].map(([seq, ofOne]) => [seq, new Map(ofOne.map(({ ruleId, outcome }) => [ruleId, outcome]))] as const),
  );
}
