export { changeRule } from "./change-rule.ts";
export { createRule } from "./create-rule.ts";
export { deleteRule } from "./delete-rule.ts";
export { listRules } from "./list-rules.ts";
export { resumeRule } from "./resume-rule.ts";
export { rollbackRule } from "./rollback-rule.ts";
export { showRule } from "./show-rule.ts";
