import { compileExpression } from "./compile-test.ts";
import { testsOf, type Condition } from "./condition.ts";

/** Of all regular expressions of a condition, as RE2 counts: the time that they take is linear in the text, but also in this. */
export function sizeOfExpressions(condition: Condition): number {
  return testsOf(condition)
    .filter(({ test }) => test.operator === "matches")
    .reduce((size, { test }) => size + compileExpression(String(test.value)).programSize(), 0);
}
