export { assertDefinition } from "./assert-definition.ts";
export { assertExpressions } from "./assert-expressions.ts";
export { changedDefinition } from "./changed-definition.ts";
export { compileDefinition, compileRule, type CompiledRule } from "./compile-rule.ts";
export { definitionOf, toDefinitionJson, toRuleJson, type RuleRow } from "./rule-row.ts";
export { nextRun, type RuleSchedule } from "./rule-schedule.ts";
export {
  changeRuleInput,
  createRuleInput,
  listRulesQuery,
  ruleDefinition,
  ruleDefinitionJson,
  ruleJson,
  triedDefinition,
  type ChangeRuleInput,
  type CreateRuleInput,
  type ListRulesQuery,
  type RuleDefinition,
  type RuleDefinitionJson,
  type RuleJson,
} from "./schemas.ts";
export { readLockedRule, readRule, ruleNameTaken, toDefinitionColumn, toRuleColumns } from "./stored-rule.ts";
