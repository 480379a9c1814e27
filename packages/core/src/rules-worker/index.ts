export { askRules } from "./ask-rules.ts";
export { noAnswer } from "./no-answer.ts";
export { reconcileRules } from "./reconcile-rules.ts";
export { createRulesHandlers } from "./rules-handlers.ts";
