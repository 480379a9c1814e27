import type { AiExecutionMode, AiTrigger } from "@parley/db";
import { answers, type RuleAction } from "../rule-actions/index.ts";
import { compileCondition, type CompiledCondition } from "../rule-conditions/index.ts";
import { definitionOf, type RuleRow } from "./rule-row.ts";
import type { RuleSchedule } from "./rule-schedule.ts";
import type { RuleDefinition } from "./schemas.ts";

/** A rule made ready to be asked. */
export interface CompiledRule {
  id: string;
  version: number;
  name: string;
  trigger: AiTrigger;
  executionMode: AiExecutionMode;
  stopOnMatch: boolean;
  coolDownSeconds: number;
  waitMinutes: number | null;
  /** It is not asked about what happened before. */
  effectiveFrom: Date;
  schedule: RuleSchedule | null;
  /** Tells the comparison because of which it does not apply, or null. */
  condition: CompiledCondition;
  actions: readonly RuleAction[];
  /** It answers the customer, so it looks at turns and not at messages. */
  answers: boolean;
}

export function compileRule(row: RuleRow): CompiledRule {
  return compileDefinition(row, definitionOf(row));
}

export function compileDefinition(
  { id, version, effectiveFrom }: Pick<RuleRow, "id" | "version" | "effectiveFrom">,
  definition: RuleDefinition,
): CompiledRule {
  const { name, trigger, executionMode, stopOnMatch, coolDownSeconds, waitMinutes, schedule, conditions, actions } =
    definition;
  return {
    id,
    version,
    name,
    trigger,
    executionMode,
    stopOnMatch,
    coolDownSeconds,
    waitMinutes,
    effectiveFrom,
    schedule,
    condition: compileCondition(conditions),
    actions,
    answers: actions.some(answers),
  };
}
