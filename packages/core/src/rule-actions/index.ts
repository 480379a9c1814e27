export { assignableIn } from "./assignable-in.ts";
export { doActions, type ActionReceipt, type ActionStep, type Doing } from "./do-actions.ts";
export {
  answers,
  hasTemplate,
  isOwnAction,
  ruleAction,
  ruleActionJson,
  STATUS_AFTER,
  toRuleActionJson,
  whatRuleActionSets,
  type ReplyAction,
  type RuleAction,
  type RuleActionJson,
} from "./rule-action.ts";
export { ruleFieldsAfter } from "./rule-fields-after.ts";
