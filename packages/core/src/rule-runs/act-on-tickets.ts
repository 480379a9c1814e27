import { sqlOf, together, type AiExecutionOutcome, type Tx } from "@parley/db";
import { newId } from "@parley/runtime";
import type { Cause } from "../context/index.ts";
import { findLimited, findStop, tryTakeUnits, type LimitState } from "../quotas/index.ts";
import type { TenantRules } from "../rule-books/index.ts";
import { describeFailure, type Facts } from "../rule-conditions/index.ts";
import { loadFacts, type FactsSetting } from "../rule-events/index.ts";
import { findKnownOfRules, skipped, type Execution } from "../rule-executions/index.ts";
import { suspendStorming } from "../rule-suspensions/index.ts";
import { handOff } from "../turns/index.ts";
import { conversationOf } from "./conversation-of.ts";
import { doRule } from "./do-rule.ts";
import { findObstacle, HANDS_OFF } from "./find-obstacle.ts";
import { gatherWrites } from "./gather-writes.ts";
import { NOT_YET, type ReadyRun } from "./ready-run.ts";
import { recordActed, type Acted } from "./record-acted.ts";
import { findRestraints, type Restrained, type Restraint } from "./restraint.ts";
import type { RulesContext } from "./rules-context.ts";
import type { RuleRun } from "./run-rule.ts";

/**
 * Does what rules say to tickets, of which each is here once: asks their conditions again, now that nothing changes any
 * more, and records what they did or why they did not. What a rule was recorded as before stays. Returns the outcomes in
 * the order of `ready`; undefined is what nothing stands in the way of, and is to be composed now. After a refusal the
 * transaction is of no more use.
 */
export async function actOnTickets(
  ctx: RulesContext,
  tx: Tx,
  ready: readonly ReadyRun[],
): Promise<(AiExecutionOutcome | undefined)[]> {
  if (ready.length === 0) return [];
  const sql = sqlOf(tx);
  const now = ctx.clock.now();
  const runs = ready.map(({ run }) => run);
  const [known, facts, restraints, limits] = await together([
    findKnownOfRules(sql, runs),
    loadFacts(
      sql,
      runs.map(({ event }) => event),
      settingOf(runs, now),
    ),
    findRestraints(sql, ready.map(placeOf), now),
    findLimited(
      sql,
      runs.map(({ event }) => event.tenantId),
      now,
    ),
  ]);
  const gathering = gatherWrites(ctx, tx);
  const acted = await together(
    ready.map(async (each, index): Promise<AiExecutionOutcome | Acted | undefined> => {
      const { event, rule } = each.run;
      const limit = limits.get(event.tenantId);
      const seen = { facts: facts.get(event.seq), restraint: restraints[index] ?? null, limit };
      return known.get(event.seq)?.get(rule.id) ?? (await act(gathering.ctx, tx, each, seen));
    }),
  );
  const fresh = acted.filter((each) => typeof each === "object");
  const storming = fresh.flatMap((each) => each.storming ?? []);
  if (storming.length > 0) await suspendStorming(gathering.ctx, tx, storming);
  if (fresh.length > 0) await recordActed(sql, fresh, { gathering, now: ctx.clock.now() });
  return acted.map((each) => (typeof each === "object" ? each.execution.outcome : each));
}

/** What was found out under the locks. */
interface Seen {
  facts: Facts | undefined;
  restraint: Restraint | null;
  /** Of the tenant's plan, unless nothing is limited. */
  limit: LimitState | undefined;
}

async function act(ctx: RulesContext, tx: Tx, ready: ReadyRun, seen: Seen): Promise<Acted | undefined> {
  const { event, rule } = ready.run;
  const id = newId();
  const cause: Cause = { executionId: id, rules: [...(event.cause?.rules ?? []), rule.id] };
  const acting = { ...ctx, cause };
  const reason = await reasonNotTo(acting, tx, ready, seen);
  if (reason) {
    const isStorm = reason.reason === seen.restraint?.reason && seen.restraint?.isStorm;
    return { execution: { ...reason, id }, ...(isStorm && { storming: { rule, ticket: ready.locked.ticket } }) };
  }
  if (await isUsedUp(acting, tx, ready, seen)) return { execution: { ...skipped(event, rule, "quota_exceeded"), id } };
  if (ready.composed === NOT_YET) return undefined;
  const receipts = await doRule(acting, tx, ready, id);
  const outcome = rule.executionMode === "SUGGEST_ONLY" ? "SUGGESTED" : "SUCCESS";
  return { execution: { id, event, rule, outcome }, done: { receipts, ticket: ready.locked.ticket, cause } };
}

/** Whether the plan has no room for what the rule does; else that room is taken now, unless it is still to be composed. */
async function isUsedUp(ctx: RulesContext, tx: Tx, { run, composed }: ReadyRun, { limit }: Seen): Promise<boolean> {
  if (!limit) return false;
  if (composed === NOT_YET) return findStop(limit, "AI_ACTIONS") !== undefined;
  const { event, rule } = run;
  const wanted = { tenantId: event.tenantId, meter: "AI_ACTIONS" as const, units: rule.actions.length };
  return (await tryTakeUnits(ctx, tx, wanted)) !== null;
}

/** Why, now that nothing changes any more, the rule is not to act after all; undefined when it is. */
async function reasonNotTo(
  ctx: RulesContext,
  tx: Tx,
  { run, locked, composed }: ReadyRun,
  { facts, restraint }: Seen,
): Promise<Execution | undefined> {
  const { event, rule, tenant } = run;
  if (!facts) return skipped(event, rule, "ticket_gone");
  const spoiled = rule.condition(facts);
  if (spoiled) return skipped(event, rule, "changed_meanwhile", describeFailure(spoiled, facts));
  if (restraint) return skipped(event, rule, restraint.reason);
  const conversation = conversationOf(event, locked);
  if (!conversation) return skipped(event, rule, "conversation_gone");
  if (!rule.answers) return undefined;

  const place = { ticket: locked.ticket, conversation };
  const obstacle = await findObstacle(ctx, tx, run, place, composed === NOT_YET ? null : composed);
  if (!obstacle) return undefined;
  const { settings } = tenant;
  if (HANDS_OFF.has(obstacle)) await handOff(ctx, tx, locked, { reason: obstacle, settings, conversation });
  return skipped(event, rule, obstacle);
}

/** As executions have it. */
function placeOf({ run: { event, rule }, locked: { conversation } }: ReadyRun): Restrained {
  const { tenantId, ticketId, conversationId } = event;
  return { rule, tenantId, conversationId: conversationId ?? conversation.id, ticketId };
}

function settingOf(runs: readonly RuleRun[], now: Date): FactsSetting {
  const tenants = new Map(runs.map(({ tenant }) => [tenant.tenantId, tenant] as const));
  const tenantOf = (tenantId: string): TenantRules => {
    const tenant = tenants.get(tenantId);
    if (!tenant) throw new Error(`${tenantId} has no rule here`);
    return tenant;
  };
  return {
    now,
    calendarOf: (tenantId) => tenantOf(tenantId).calendar,
    isUnderstood: (tenantId) => tenantOf(tenantId).settings.understanding !== "OFF",
  };
}
