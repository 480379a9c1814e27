export { createAssign, createAssignmentHandlers, type Assign } from "./assignment-handlers.ts";
export { assignmentQueue, assignmentSubscription } from "./assignment-queue.ts";
export { changeAssignmentPolicy } from "./change-policy.ts";
export { createAssignmentPolicy } from "./create-policy.ts";
export { deleteAssignmentPolicy } from "./delete-policy.ts";
export { reconcileWaiting } from "./find-assignable.ts";
export { listAssignmentPolicies } from "./list-policies.ts";
export {
  assignmentPolicyJson,
  changeAssignmentPolicyInput,
  createAssignmentPolicyInput,
  listAssignmentPoliciesQuery,
  type AssignmentPolicyJson,
  type ChangeAssignmentPolicyInput,
  type CreateAssignmentPolicyInput,
  type ListAssignmentPoliciesQuery,
} from "./schemas.ts";
export { showAssignmentPolicy } from "./show-policy.ts";
