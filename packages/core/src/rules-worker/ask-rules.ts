import type { AiExecutionOutcome } from "@parley/db";
import { describeFailure, type Facts } from "../rule-conditions/index.ts";
import type { CompiledRule } from "../rule-definitions/index.ts";
import type { RuleEvent } from "../rule-events/index.ts";
import type { Skip } from "../rule-executions/index.ts";
import { findLoop } from "../rule-runs/index.ts";

/** What rules say to an event: which of them apply, in their order, and why the others do not. */
export interface Answer {
  applying: CompiledRule[];
  skipped: Skip[];
}

/** Asks rules about an event; nothing is done. Those that were asked about it before are not asked again. */
export function askRules(
  event: RuleEvent,
  facts: Facts,
  rules: readonly CompiledRule[],
  known: ReadonlyMap<string, AiExecutionOutcome> = new Map(),
): Answer {
  const answer: Answer = { applying: [], skipped: [] };
  for (const rule of rules) {
    // What acted before counts among those that apply, because it may keep those behind it from being asked.
    if (known.has(rule.id)) {
      if (known.get(rule.id) !== "SKIPPED") answer.applying.push(rule);
      continue;
    }
    const loop = findLoop(event, rule);
    if (loop) {
      answer.skipped.push({ rule, reason: loop });
      continue;
    }
    const spoiled = rule.condition(facts);
    if (!spoiled) answer.applying.push(rule);
    else answer.skipped.push({ rule, reason: "condition", failing: describeFailure(spoiled, facts) });
  }
  return answer;
}
