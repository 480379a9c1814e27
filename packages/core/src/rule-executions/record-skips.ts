import { LAZY_COMMIT, statement, type Sql } from "@parley/db";
import type { FailingTest } from "../rule-conditions/index.ts";
import type { CompiledRule } from "../rule-definitions/index.ts";
import type { RuleEvent } from "../rule-events/index.ts";
import { newSkipsId } from "./skip-ids.ts";

/** Why a rule that was asked about an event did not apply, or was not to do anything. */
export interface Skip {
  rule: Pick<CompiledRule, "id" | "version" | "trigger">;
  reason: string;
  failing?: FailingTest | undefined;
}

/** The rules that an event asked in vain. */
export interface SkipsOfEvent {
  event: RuleEvent;
  skips: readonly Skip[];
}

// ai_skipped_rules_tenant_id_event_seq_trigger_key. Who asks the same event at the same time, or again, adds only the rules
// that are not there yet. What is lost with the power is asked again, because the event's mark, which comes later, is lost too.
const RECORD = statement(
  "rule_skips_record",
  `insert into ai_skipped_rules as s (tenant_id, event_seq, trigger, id, conversation_id, ticket_id, message_id, depth,
                                      details, rule_ids, created_at)
   select e.tenant_id, e.event_seq, e.trigger, e.id, e.conversation_id, e.ticket_id, e.message_id, e.depth, e.details,
          ($12::uuid[])[e.first:e.last], $13
     from unnest($1::uuid[], $2::bigint[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::int[],
                 $9::jsonb[], $10::int[], $11::int[])
          as e (tenant_id, event_seq, trigger, id, conversation_id, ticket_id, message_id, depth, details, first, last)
    where ${LAZY_COMMIT}
       on conflict (tenant_id, event_seq, trigger) do update
      set (rule_ids, details) = (
            select s.rule_ids || array_agg(n.rule_id order by n.place), s.details || jsonb_agg(n.detail order by n.place)
              from unnest(excluded.rule_ids, array(select jsonb_array_elements(excluded.details)))
                   with ordinality as n (rule_id, detail, place)
             where n.rule_id <> all(s.rule_ids))
    where not s.rule_ids @> excluded.rule_ids`,
);

/** Writes down which rules were asked about events in vain, a row for each event and trigger; set-wise. */
export async function recordSkips(sql: Sql, skips: readonly SkipsOfEvent[], now: Date): Promise<void> {
  const rows = toRows(skips);
  if (rows.length === 0) return;
  let place = 0;
  const last = rows.map((row) => (place += row.skips.length));
  await sql.run(RECORD, [
    rows.map(({ event }) => event.tenantId),
    rows.map(({ event }) => event.seq),
    rows.map(({ trigger }) => trigger),
    rows.map(newSkipsId),
    rows.map(({ event }) => event.conversationId),
    rows.map(({ event }) => event.ticketId),
    rows.map(({ event }) => event.messageId),
    rows.map(({ event }) => event.cause?.rules.length ?? 0),
    rows.map((row) => JSON.stringify(row.skips.map(toDetail))),
    last.map((_place, index) => (last[index - 1] ?? 0) + 1),
    last,
    rows.flatMap((row) => row.skips.map(({ rule }) => rule.id)),
    now,
  ]);
}

/**
 * What is stored of a skip. Of a comparison only where it stands and what it saw: the rest is in the rule's version, and an
 * event has many of them.
 */
function toDetail({ rule: { version }, reason, failing }: Skip): unknown[] {
  if (!failing) return [version, reason];
  const { path, actual } = failing;
  return [version, reason, path, ...(actual === undefined ? [] : [actual])];
}

interface Row {
  event: RuleEvent;
  trigger: string;
  skips: Skip[];
}

/** In one order: two workers that were given the same events must not wait for each other crosswise. Each rule once. */
function toRows(given: readonly SkipsOfEvent[]): Row[] {
  const each = given.flatMap(({ event, skips }) => skips.map((skip) => ({ event, skip })));
  const ofRows = Map.groupBy(
    each,
    ({ event, skip: { rule } }) => `${event.tenantId} ${event.seq.padStart(20, "0")} ${rule.trigger}`,
  );
  return [...ofRows]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, ofRow]): Row[] => {
      const [first] = ofRow;
      if (!first) return [];
      const skips = new Map(ofRow.map(({ skip }) => [skip.rule.id, skip] as const));
      return [{ event: first.event, trigger: first.skip.rule.trigger, skips: [...skips.values()] }];
    });
}
