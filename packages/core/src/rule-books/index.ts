export { createRuleBook, type RuleBook, type TenantRules } from "./rule-book.ts";
