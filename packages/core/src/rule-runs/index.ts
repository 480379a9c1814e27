export { isComposed } from "./compose-for.ts";
export { conversationOf } from "./conversation-of.ts";
export { findLoop } from "./restraint.ts";
export { createRuleRunner, type RuleRunner } from "./rule-runner.ts";
export type { RulesContext } from "./rules-context.ts";
export { runRule, type RuleRun } from "./run-rule.ts";
