import { sqlOf, statement, type AnyTx } from "@parley/db";
import type { CompiledRule } from "./compile-rule.ts";
import type { RuleEvent } from "./read-events.ts";

/** So many rules in a row may lead to one another. */
const MAX_DEPTH = 5;
/** So often in an hour rules act on one ticket. */
const MAX_ACTED = 30;

/** Why a rule is not to act on what rules have done, whatever its conditions; null when it may. */
export function findLoop({ cause }: Pick<RuleEvent, "cause">, rule: Pick<CompiledRule, "id">): string | null {
  if (!cause) return null;
  if (cause.rules.includes(rule.id)) return "own_doing";
  return cause.rules.length >= MAX_DEPTH ? "too_deep" : null;
}

/** A rule that may be about to act, and where. */
export interface Restrained {
  rule: Pick<CompiledRule, "id" | "version" | "coolDownSeconds">;
  tenantId: string;
  conversationId: string;
  ticketId: string;
}

interface RestraintRow {
  position: number;
  isCurrent: boolean;
  isCoolingDown: boolean;
  acted: number;
}

// ai_rule_pkey, ai_rule_execution_acted_idx
const FIND = statement<RestraintRow>(
  "rule_restraints_find",
  `select k.position::int as position,
          exists (select from ai_rule r
                   where r.tenant_id = k.tenant_id and r.id = k.rule_id and r.version = k.version
                     and r.is_active and r.execution_mode <> 'DISABLED' and r.suspended_at is null) as "isCurrent",
          k.cool_down > 0 and exists (
            select from ai_rule_execution x
             where x.tenant_id = k.tenant_id and x.conversation_id = k.conversation_id
               and x.created_at > $6::timestamptz - k.cool_down * interval '1 second'
               and x.outcome in ('SUGGESTED', 'SUCCESS') and x.rule_id = k.rule_id
          ) as "isCoolingDown",
          (select count(*)::int from (
             select from ai_rule_execution x
              where x.tenant_id = k.tenant_id and x.conversation_id = k.conversation_id
                and x.created_at > $6::timestamptz - interval '1 hour' and x.outcome in ('SUGGESTED', 'SUCCESS')
                and x.ticket_id = k.ticket_id
              limit ${MAX_ACTED}
           ) acted) as acted
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $7::int[]) with ordinality
          as k (tenant_id, conversation_id, ticket_id, rule_id, cool_down, version, position)`,
);

/**
 * Why each of these rules is not to act now, in their order; null when it may: it says something else by now or is not asked
 * any more, or is to leave its conversation alone for a while. To be asked under the conversations' locks.
 */
export async function findRestraints(
  tx: AnyTx,
  places: readonly Restrained[],
  now: Date,
): Promise<("rule_changed" | "cool_down" | "rate_capped" | null)[]> {
  const rows = await sqlOf(tx).rows(FIND, [
    places.map(({ tenantId }) => tenantId),
    places.map(({ conversationId }) => conversationId),
    places.map(({ ticketId }) => ticketId),
    places.map(({ rule }) => rule.id),
    places.map(({ rule }) => rule.coolDownSeconds),
    now,
    places.map(({ rule }) => rule.version),
  ]);
  const found = new Map(rows.map((row) => [row.position, row]));
  return places.map((_place, index) => {
    const row = found.get(index + 1);
    if (!row?.isCurrent) return "rule_changed";
    if (row.isCoolingDown) return "cool_down";
    return row.acted >= MAX_ACTED ? "rate_capped" : null;
  });
}
