export { createRulesHandlers } from "./rules-handlers.ts";
export { askRules } from "./ask-rules.ts";
export type { Facts } from "./facts.ts";
export { loadFacts } from "./load-facts.ts";
export { readEvents, type RuleEvent } from "./read-events.ts";
export { createRuleBook, type RuleBook, type TenantRules } from "./rule-book.ts";
export { reconcileRules } from "./reconcile-rules.ts";
export { noAnswer } from "./no-answer.ts";
export type { RulesContext } from "./rules-context.ts";
export { triggersOf } from "./triggers.ts";
export { runSchedule } from "./schedule-timer.ts";
export { changeRule } from "./change-rule.ts";
export { createRule } from "./create-rule.ts";
export { deleteRule } from "./delete-rule.ts";
export { diffRuleVersions } from "./diff-rule-versions.ts";
export {
  executionJson,
  executionWithReceiptsJson,
  listExecutionsQuery,
  type ExecutionJson,
  type ExecutionWithReceiptsJson,
  type ListExecutionsQuery,
} from "./execution-json.ts";
export { listExecutions } from "./list-executions.ts";
export { listRules } from "./list-rules.ts";
export { listRuleVersions } from "./list-rule-versions.ts";
export { resumeRule } from "./resume-rule.ts";
export { rollbackRule } from "./rollback-rule.ts";
export {
  changeRuleInput,
  createRuleInput,
  listRulesQuery,
  ruleJson,
  type ChangeRuleInput,
  type CreateRuleInput,
  type ListRulesQuery,
  type RuleJson,
} from "./schemas.ts";
export { showExecution } from "./show-execution.ts";
export { showRule } from "./show-rule.ts";
export { simulateRule } from "./simulate-rule.ts";
export {
  simulateRuleInput,
  simulationJson,
  type SimulateRuleInput,
  type SimulationJson,
} from "./simulation-schemas.ts";
export {
  diffRuleVersionsQuery,
  listRuleVersionsQuery,
  rollbackRuleInput,
  ruleDiffJson,
  ruleVersionJson,
  type DiffRuleVersionsQuery,
  type ListRuleVersionsQuery,
  type RollbackRuleInput,
  type RuleDiffJson,
  type RuleVersionJson,
} from "./version-schemas.ts";
