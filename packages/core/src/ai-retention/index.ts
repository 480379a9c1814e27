export { forgetDecidedDrafts } from "./forget-decided-drafts.ts";
export { forgetHandledEvents } from "./forget-handled-events.ts";
export { forgetOldCalls } from "./forget-old-calls.ts";
export { forgetOldExecutions } from "./forget-old-executions.ts";
export { forgetOldValues } from "./forget-old-values.ts";
