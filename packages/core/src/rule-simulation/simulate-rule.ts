import { compileCalendar } from "@parley/calendar";
import { sqlOf, type Tx } from "@parley/db";
import { assertAllowed, authorize, type RequestContext } from "../context/index.ts";
import { onceSealed } from "../idempotency/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { compileExplanation, type Facts } from "../rule-conditions/index.ts";
import {
  assertDefinition,
  changedDefinition,
  compileDefinition,
  definitionOf,
  readRule,
  type CompiledRule,
} from "../rule-definitions/index.ts";
import { loadFacts, isAmong, triggersOf, type RuleEvent } from "../rule-events/index.ts";
import { findLoop } from "../rule-runs/index.ts";
import { toSettingsJson } from "../settings/index.ts";
import { findEventsToTry } from "./events-to-try.ts";
import { startPace, type Pace } from "./pace.ts";
import { showResults, type Trial } from "./show-results.ts";
import type { SimulateRuleInput, SimulationJson } from "./simulation-schemas.ts";

/** So many events are read at once. */
const PART = 100;
/** Expressions may be slow: what was not looked at by then, or not shown a while later, is left out. */
const LOOKED_MS = 4_000;
const SHOWN_MS = 5_000;

/**
 * What a rule, or what it might say instead, would have done: to what happened in the last days, to messages that are named,
 * or to the tickets that its schedule finds. Facts are as they are now. Nothing changes: the transaction may only read,
 * but for the Idempotency-Key.
 */
export async function simulateRule(
  ctx: RequestContext,
  input: SimulateRuleInput & { id: string },
): Promise<SimulationJson> {
  const tenantId = authorize(ctx, "ai_rules.manage");
  for (const action of ["contacts.read", "messages.read", "tickets.read"] as const) assertAllowed(ctx.actor, action);
  return ctx.database.withTenant(tenantId, (tx) =>
    onceSealed(ctx, tx, async () => {
      const row = await readRule(tx, tenantId, input.id);
      const { definition: tried = {} } = input;
      const definition = changedDefinition(definitionOf(row), tried);
      await assertDefinition(tx, tenantId, definition, tried);
      const rule = compileDefinition(row, definition);
      const explain = compileExplanation(definition.conditions);
      return readingOnly(tx, () => simulate(ctx, tx, { tenantId, rule, explain }, input));
    }),
  );
}

/** Whatever `work` would write is refused by PostgreSQL. What surrounds it may write again afterwards. */
async function readingOnly<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await tx.$executeRaw`savepoint reading_only`;
  await tx.$executeRaw`set transaction read only`;
  const result = await work();
  await tx.$executeRaw`rollback to savepoint reading_only`;
  return result;
}

interface Simulated {
  tenantId: string;
  rule: CompiledRule;
  explain: ReturnType<typeof compileExplanation>;
}

async function simulate(
  ctx: RequestContext,
  tx: Tx,
  simulated: Simulated,
  input: SimulateRuleInput,
): Promise<SimulationJson> {
  const { tenantId, rule, explain } = simulated;
  const now = ctx.clock.now();
  const found = await findEventsToTry(tx, rule, { ...input, tenantId, now });
  const pace = startPace();
  const { trials, isComplete } = await tryAll(tx, simulated, found.events, { now, pace });
  // Messages that were named are told of even where the rule does not look at them.
  const looked = trials.filter(({ isTriggered }) => isTriggered || input.messageIds !== undefined);
  const firing = looked.filter(({ fires }) => fires);
  const shown = [...firing, ...looked.filter(({ fires }) => !fires)].slice(0, input.limit);
  return {
    trigger: toJsonEnum(rule.trigger),
    looked: looked.length,
    wouldFire: firing.length,
    isComplete: found.isComplete && isComplete,
    results: await showResults(ctx, tx, { tenantId, actions: rule.actions, explain }, shown, {
      pace,
      untilMs: SHOWN_MS,
    }),
  };
}

async function tryAll(
  tx: Tx,
  { tenantId, rule }: Simulated,
  events: readonly RuleEvent[],
  { now, pace }: { now: Date; pace: Pace },
): Promise<{ trials: Trial[]; isComplete: boolean }> {
  const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } });
  const calendar = compileCalendar(toSettingsJson(tenant));
  const trials: Trial[] = [];
  for (let start = 0; start < events.length; start += PART) {
    const part = events.slice(start, start + PART);
    const facts = await loadFacts(sqlOf(tx), part, { now, calendarOf: () => calendar, isUnderstood: () => true });
    for (const event of part) {
      if (pace.elapsedMs() > LOOKED_MS) return { trials, isComplete: false };
      const known = facts.get(event.seq);
      if (known) trials.push(tryOn(rule, event, known));
      await pace.step();
    }
  }
  return { trials, isComplete: true };
}

function tryOn(rule: CompiledRule, event: RuleEvent, facts: Facts): Trial {
  const asked = triggersOf(event, facts.message?.understanding ?? null);
  const isTriggered = asked.some((each) => isAmong(rule, each)) && findLoop(event, rule) === null;
  return { event, facts, isTriggered, fires: isTriggered && rule.condition(facts) === null };
}
