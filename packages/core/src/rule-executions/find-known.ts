import { statement, type AiExecutionOutcome, type Sql } from "@parley/db";
import type { CompiledRule } from "../rule-definitions/index.ts";
import type { EventKey } from "../rule-events/index.ts";

interface KnownExecution {
  seq: string;
  ruleId: string;
  outcome: AiExecutionOutcome;
}

// ai_skipped_rules_tenant_id_event_seq_trigger_key, ai_rule_execution_tenant_id_event_seq_rule_id_key. In this order: where a
// rule was first passed over and then did something, after all, that is what counts.
const FIND_KNOWN = statement<KnownExecution>(
  "rule_executions_known",
  `select s.event_seq::text as seq, r.id as "ruleId", 'SKIPPED'::ai_execution_outcome as outcome
     from unnest($1::uuid[], $2::bigint[]) as k (tenant_id, seq)
     join ai_skipped_rules s on s.tenant_id = k.tenant_id and s.event_seq = k.seq
    cross join lateral unnest(s.rule_ids) as r (id)
   union all
   select x.event_seq::text, x.rule_id, x.outcome
     from unnest($1::uuid[], $2::bigint[]) as k (tenant_id, seq)
     join ai_rule_execution x on x.tenant_id = k.tenant_id and x.event_seq = k.seq`,
);
const FIND_KNOWN_OF_RULES = statement<KnownExecution>(
  "rule_executions_known_of_rules",
  `select s.event_seq::text as seq, k.rule_id as "ruleId", 'SKIPPED'::ai_execution_outcome as outcome
     from unnest($1::uuid[], $2::bigint[], $3::uuid[]) as k (tenant_id, seq, rule_id)
     join ai_skipped_rules s on s.tenant_id = k.tenant_id and s.event_seq = k.seq and k.rule_id = any(s.rule_ids)
   union all
   select x.event_seq::text, x.rule_id, x.outcome
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
