import { comparedIn } from "./compile-condition.ts";
import { compileTest } from "./compile-test.ts";
import { testsOf, type Condition, type Test } from "./condition.ts";
import type { Change, Facts, FactValue } from "./facts.ts";
import { isAboutChange } from "./operators.ts";

/** One comparison of a condition, with what the field had. */
export interface ExplainedTest {
  path: string;
  field: string;
  operator: string;
  expected: Test["value"];
  actual: FactValue;
  /** Of `changed_from` and `changed_to`, if the field changed. */
  changed?: Change | undefined;
  holds: boolean;
}

/** Tells of every comparison, also of those that deciding does not need. Compiled once, like the condition itself. */
export function compileExplanation(condition: Condition): (facts: Facts) => ExplainedTest[] {
  const compiled = testsOf(condition).map(({ path, test }) => ({ path, test, holds: compileTest(test) }));
  return (facts) =>
    compiled.map(({ path, test, holds }) => ({
      path,
      field: test.field,
      operator: test.operator,
      expected: test.value,
      actual: comparedIn(test, facts),
      ...(isAboutChange(test.operator) && { changed: facts.changes.get(test.field) }),
      holds: holds(facts),
    }));
}
