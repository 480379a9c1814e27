import { sqlOf, statement, type AnyTx } from "@parley/db";
import type { CompiledRule } from "../rule-definitions/index.ts";
import type { RuleEvent } from "../rule-events/index.ts";

/** So many rules in a row may lead to one another. */
const MAX_DEPTH = 5;
/** So often in an hour rules act on one ticket. */
const MAX_ACTED = 30;
/** Of which a rule has done so many by itself when it is suspended: what customers wrote does not count. */
const MAX_OWN = 10;

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
  own: number;
}

/** Why a rule is not to act now. */
export interface Restraint {
  reason: "rule_changed" | "cool_down" | "rate_capped";
  /** It would go on for ever: it has acted on the ticket again and again, without the customer having written. */
  isStorm: boolean;
}

// ai_rule_pkey, ai_rule_execution_acted_idx; event_pkey, only of a ticket that has had its share. A rule that was resumed, or
// says something else by now, begins anew. Each rule is looked up by itself, and only then asked whether it still holds: in a
// join a plan that was made for few rules would read all of them for each place.
const FIND = statement<RestraintRow>(
  "rule_restraints_find",
  `select k.position::int as position, coalesce(r.is_current, false) as "isCurrent", acted.count as acted,
          k.cool_down > 0 and exists (
            select from ai_rule_execution x
             where x.tenant_id = k.tenant_id and x.conversation_id = k.conversation_id
               and x.created_at > $6::timestamptz - k.cool_down * interval '1 second'
               and x.outcome in ('SUGGESTED', 'SUCCESS') and x.rule_id = k.rule_id
          ) as "isCoolingDown",
          case when acted.count < ${MAX_ACTED} then 0 else
            (select count(*)::int
               from ai_rule_execution x
               join event e on e.tenant_id = x.tenant_id and e.seq = x.event_seq
              where x.tenant_id = k.tenant_id and x.conversation_id = k.conversation_id
                and x.created_at > $6::timestamptz - interval '1 hour' and x.created_at >= r.effective_from
                and x.outcome in ('SUGGESTED', 'SUCCESS')
                and x.ticket_id = k.ticket_id and x.rule_id = k.rule_id
                and x.message_id is null and e.actor_type <> 'CUSTOMER')
          end as own
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $7::int[]) with ordinality
          as k (tenant_id, conversation_id, ticket_id, rule_id, cool_down, version, position)
     left join lateral (
            select f.effective_from,
                   f.version = k.version and f.is_active and f.execution_mode <> 'DISABLED' and f.suspended_at is null
                     as is_current
              from ai_rule f where f.tenant_id = k.tenant_id and f.id = k.rule_id
             limit 1) r on true
    cross join lateral (
            select count(*)::int as count from (
              select from ai_rule_execution x
               where x.tenant_id = k.tenant_id and x.conversation_id = k.conversation_id
                 and x.created_at > $6::timestamptz - interval '1 hour' and x.outcome in ('SUGGESTED', 'SUCCESS')
                 and x.ticket_id = k.ticket_id
               limit ${MAX_ACTED}) of_ticket) acted`,
);

/**
 * Why each of these rules is not to act now, in their order; null when it may: it says something else by now or is not asked
 * any more, or is to leave its conversation alone for a while. To be asked under the conversations' locks.
 */
export async function findRestraints(
  tx: AnyTx,
  places: readonly Restrained[],
  now: Date,
): Promise<(Restraint | null)[]> {
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
  return places.map((_place, index) => restraintOf(found.get(index + 1)));
}

function restraintOf(row: RestraintRow | undefined): Restraint | null {
  if (!row?.isCurrent) return { reason: "rule_changed", isStorm: false };
  if (row.isCoolingDown) return { reason: "cool_down", isStorm: false };
  return row.acted >= MAX_ACTED ? { reason: "rate_capped", isStorm: row.own >= MAX_OWN } : null;
}
