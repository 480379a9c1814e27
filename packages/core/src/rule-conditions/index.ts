export { compileCondition, describeFailure, type CompiledCondition, type FailingTest } from "./compile-condition.ts";
export { conditionInput, conditionJson, testsOf, type Condition } from "./condition.ts";
export { compileExplanation, type ExplainedTest } from "./explain-condition.ts";
export type { Change, Facts, FactValue, MessageFacts, UnderstandingFacts } from "./facts.ts";
export { findConditionFaults } from "./find-faults.ts";
export { sizeOfExpressions } from "./size-of-expressions.ts";
