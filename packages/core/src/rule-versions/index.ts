export { diffRuleVersions } from "./diff-rule-versions.ts";
export { listRuleVersions } from "./list-rule-versions.ts";
export { definitionIn, readRuleVersion, type RuleVersionRow } from "./rule-version.ts";
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
