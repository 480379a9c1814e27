import type { Prisma } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { z } from "zod";
import { toJsonEnum } from "../json/index.ts";
import { ruleAction, toRuleActionJson } from "../rule-actions/index.ts";
import { conditionJson } from "../rule-conditions/index.ts";
import { toTicketFilterJson } from "../tickets/index.ts";
import { ruleSchedule } from "./rule-schedule.ts";
import type { RuleDefinition, RuleDefinitionJson, RuleJson } from "./schemas.ts";

export type RuleRow = Prisma.AiRuleModel;

const storedActions = z.array(ruleAction);
const storedSchedule = ruleSchedule.nullable();

type PlainParts = Omit<RuleDefinition, "schedule" | "conditions" | "actions">;

/** The parts of what a rule says that its columns hold as they are. */
export function plainPartsOf(rule: PlainParts): PlainParts {
  const { name, description, trigger, executionMode, priority, stopOnMatch, coolDownSeconds, waitMinutes } = rule;
  return { name, description, trigger, executionMode, priority, stopOnMatch, coolDownSeconds, waitMinutes };
}

/** What a rule says, read from its row. It was checked when it was written. */
export function definitionOf(row: RuleRow): RuleDefinition {
  return {
    ...plainPartsOf(row),
    schedule: storedSchedule.parse(row.schedule),
    conditions: conditionJson.parse(row.conditions),
    actions: storedActions.parse(row.actions),
  };
}

/** As it is answered, and as versions keep it. */
export function toDefinitionJson(definition: RuleDefinition): RuleDefinitionJson {
  const { trigger, executionMode, schedule, actions } = definition;
  return {
    ...definition,
    trigger: toJsonEnum(trigger),
    executionMode: toJsonEnum(executionMode),
    schedule: schedule && { cron: schedule.cron, filter: toTicketFilterJson(schedule.filter) },
    actions: actions.map(toRuleActionJson),
  };
}

export function toRuleJson(row: RuleRow): RuleJson {
  const { id, version, isActive, failuresInARow, suspendedReason } = row;
  return {
    id,
    version,
    isActive,
    ...toDefinitionJson(definitionOf(row)),
    failuresInARow,
    suspendedAt: row.suspendedAt?.toISOString() ?? null,
    suspendedReason,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function noSuchRule(): DomainError {
  return new DomainError("not_found", "There is no rule with this id.");
}
