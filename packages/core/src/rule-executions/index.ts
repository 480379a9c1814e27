export {
  executionJson,
  executionWithReceiptsJson,
  listExecutionsQuery,
  type ExecutionJson,
  type ExecutionWithReceiptsJson,
  type ListExecutionsQuery,
} from "./execution-json.ts";
export { createExecutionLedger, type ExecutionLedger } from "./execution-ledger.ts";
export { listExecutions } from "./list-executions.ts";
export { findKnownOfRules, findKnownOutcomes } from "./find-known.ts";
export { recordExecutions, recordReceipts, skipped, type Execution } from "./record-executions.ts";
export { recordSkips, type Skip, type SkipsOfEvent } from "./record-skips.ts";
export { showExecution } from "./show-execution.ts";
