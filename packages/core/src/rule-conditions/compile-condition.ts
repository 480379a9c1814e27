import { groupOf, type Condition, type Test } from "./condition.ts";
import { compileTest } from "./compile-test.ts";
import type { Facts, FactValue } from "./facts.ts";
import { findField } from "./fields.ts";
import { isAboutChange } from "./operators.ts";

/** The comparison because of which a condition does not hold. */
export interface FailingTest {
  /** Its place in the condition: `all.0.any.1`; "" when it is all there is. */
  path: string;
  field: string;
  operator: string;
  expected: Test["value"];
  /** Not there where it is what people wrote, or who they are. */
  actual?: FactValue;
}

/** What a condition became: asked with facts, it tells the first comparison that spoils it, or null when it holds. */
export type CompiledCondition = (facts: Facts) => SpoiledBy | null;

/** Kept small, because most rules do not apply to most events: what it looked at is read again when it is recorded. */
export interface SpoiledBy {
  path: string;
  test: Test;
}

/**
 * Of `any` it is the first part of all that fail; of `none` the one that holds. Compiled once, because rules are asked about
 * every event.
 */
export function compileCondition(condition: Condition, path = ""): CompiledCondition {
  const group = groupOf(condition);
  if (!group) {
    const test = condition as Test;
    const holds = compileTest(test);
    const spoiled: SpoiledBy = { path, test };
    return (facts) => (holds(facts) ? null : spoiled);
  }
  const { join, parts } = group;
  const compiled = parts.map((part, index) =>
    compileCondition(part, `${path === "" ? "" : `${path}.`}${join}.${index}`),
  );
  switch (join) {
    case "all":
      return (facts) => {
        for (const part of compiled) {
          const spoiled = part(facts);
          if (spoiled) return spoiled;
        }
        return null;
      };
    case "any":
      return (facts) => {
        let first: SpoiledBy | null = null;
        for (const part of compiled) {
          const spoiled = part(facts);
          if (!spoiled) return null;
          first ??= spoiled;
        }
        return first;
      };
    case "none": {
      const spoilers = parts.map((part, index) => firstTest(part, `${path === "" ? "" : `${path}.`}none.${index}`));
      return (facts) => {
        const index = compiled.findIndex((part) => part(facts) === null);
        return spoilers[index] ?? null;
      };
    }
  }
}

/** With what the field had, unless that is somebody's own: executions outlive messages. */
export function describeFailure({ path, test }: SpoiledBy, facts: Facts): FailingTest {
  const { operator, value: expected } = test;
  const actual = findField(test.field)?.isPersonal ? undefined : comparedIn(test, facts);
  return { path, field: test.field, operator, expected, ...(actual !== undefined && { actual }) };
}

/** What of the facts a comparison looks at; of a change, null where there was none. */
export function comparedIn({ field, operator }: Pick<Test, "field" | "operator">, facts: Facts): FactValue {
  if (!isAboutChange(operator)) return findField(field)?.read(facts) ?? null;
  return facts.changes.get(field)?.[operator === "changed_from" ? "from" : "to"] ?? null;
}

function firstTest(condition: Condition, path: string): SpoiledBy {
  const group = groupOf(condition);
  if (!group) return { path, test: condition as Test };
  const [first] = group.parts;
  // An empty `all` holds, whatever the facts.
  if (!first) return { path, test: { field: "", operator: "is_present" } };
  return firstTest(first, `${path}.${group.join}.0`);
}
