export { adoptChannelDefaults } from "./adopt-defaults.ts";
export { changeAutoClose, showAutoClose } from "./auto-close-rules.ts";
export { autoCloseJson, changeAutoCloseInput } from "./auto-close-schemas.ts";
export { createAutoClose } from "./auto-close.ts";
export { changeSlaPolicy } from "./change-policy.ts";
export { createSlaPolicy } from "./create-policy.ts";
export { deleteSlaPolicy } from "./delete-policy.ts";
export { fireDue } from "./fire-due.ts";
export { createSlaHandlers } from "./handle-events.ts";
export { reconcileRevisions } from "./judge-anew.ts";
export type { SlaContext } from "./judge-tickets.ts";
export { listChannelDefaults } from "./list-channel-defaults.ts";
export { listSlaPolicies, showSlaPolicy } from "./list-policies.ts";
export { createSliceLoader } from "./load-slices.ts";
export { reconcileLog } from "./reconcile-log.ts";
export { reportAttainment } from "./report-attainment.ts";
export { attainmentJson, attainmentQuery, slaProgressJson } from "./report-schemas.ts";
export {
  adoptDefaultsInput,
  changeSlaPolicyInput,
  channelDefaultJson,
  createSlaPolicyInput,
  listSlaPoliciesQuery,
  slaPolicyJson,
} from "./schemas.ts";
export { showSlaProgress } from "./show-progress.ts";
export { reconcileSteps } from "./take-step.ts";
export { createSlaTimerHandlers } from "./timer-handlers.ts";
