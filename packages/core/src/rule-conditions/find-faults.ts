import type { FieldError } from "@parley/runtime";
import { compileExpression } from "./compile-test.ts";
import { testsOf, type Condition, type ConditionValue, type Test } from "./condition.ts";
import { attributeIn, findField, type Field } from "./fields.ts";
import { foldText } from "./fold-text.ts";
import { isAboutChange } from "./operators.ts";
import { sizeOfExpressions } from "./size-of-expressions.ts";

const MAX_TESTS = 100;
const MAX_PATTERN = 500;
/** Of a rule. A thousand take some hundred milliseconds for the longest text; thirty words are about two hundred. */
const MAX_EXPRESSIONS = 1_000;

/**
 * What is wrong with a condition: unknown fields, operators that a field does not have, values of the wrong type.
 * `attributes` are the keys of those that the tenant has defined.
 */
export function findConditionFaults(condition: Condition, attributes: ReadonlySet<string>): FieldError[] {
  const tests = testsOf(condition);
  if (tests.length > MAX_TESTS) {
    return [{ path: "conditions", message: `must have at most ${MAX_TESTS} comparisons` }];
  }
  const faults = tests.flatMap(({ path, test }) => {
    const message = faultOf(test, attributes);
    return message === undefined ? [] : [{ path: ["conditions", path].filter(Boolean).join("."), message }];
  });
  if (faults.length > 0 || sizeOfExpressions(condition) <= MAX_EXPRESSIONS) return faults;
  return [{ path: "conditions", message: "has regular expressions that are too large together; repeat less in them" }];
}

function faultOf(test: Test, attributes: ReadonlySet<string>): string | undefined {
  const field = findField(test.field);
  const key = attributeIn(test.field);
  if (!field) return `there is no field ${test.field}`;
  if (key !== undefined && !attributes.has(key)) return `${key} is not an attribute of this company; define it first`;
  return faultOfOperator(test, field) ?? faultOfValue(test, field, key !== undefined);
}

function faultOfOperator({ operator, field: name }: Test, field: Field): string | undefined {
  switch (operator) {
    case "greater_than":
    case "less_than":
      return field.type === "number" || field.order || attributeIn(name) !== undefined
        ? undefined
        : `${operator} is for numbers, priorities and urgency, not for ${name}`;
    case "changed_from":
    case "changed_to":
      return field.changes ? undefined : `of ${name} no event says what it was before`;
    case "starts_with":
    case "matches":
      return field.type === "number" || field.type === "boolean"
        ? `${operator} is for texts, not for ${name}`
        : undefined;
    case "contains":
    case "not_contains":
      return field.type === "text" || field.type === "list" || field.type === "word"
        ? undefined
        : `${operator} is for texts and lists, not for ${name}`;
    case "equals":
    case "not_equals":
    case "in":
    case "not_in":
    case "is_present":
      return undefined;
  }
}

function faultOfValue({ operator, value }: Test, field: Field, isAttribute: boolean): string | undefined {
  if (operator === "is_present") {
    return value === undefined || typeof value === "boolean" ? undefined : "is_present takes true or false";
  }
  if (value === undefined) return `${operator} needs a value`;
  const takesSeveral = operator === "in" || operator === "not_in";
  if (takesSeveral !== Array.isArray(value) && !(Array.isArray(value) && field.type === "list")) {
    return takesSeveral ? `${operator} takes a list of values` : `${operator} takes one value`;
  }
  if (operator === "matches") return faultOfExpression(value);
  if (isAboutChange(operator) && field.type === "list" && value === null) {
    return `${operator} takes what was ${operator === "changed_from" ? "taken away" : "added"}`;
  }
  if (operator === "contains" || operator === "not_contains" || operator === "starts_with") {
    return typeof value === "string" && foldText(value) !== "" ? undefined : `${operator} takes a text`;
  }
  return isAttribute ? undefined : faultOfType(value, field);
}

function faultOfType(value: ConditionValue, { type, words }: Field): string | undefined {
  const values = Array.isArray(value) ? value : [value];
  if (values.every((each) => each === null)) return undefined;
  switch (type) {
    case "number":
      return values.every((each) => typeof each === "number") ? undefined : "must be a number";
    case "boolean":
      return values.every((each) => typeof each === "boolean") ? undefined : "must be true or false";
    case "word":
      return values.every((each) => typeof each === "string" && words?.includes(each.toLowerCase()))
        ? undefined
        : `must be one of ${words?.join(", ") ?? "its words"}`;
    case "text":
      return values.every((each) => typeof each === "string") ? undefined : "must be a text";
    case "list":
      return values.every((each) => typeof each === "string" || typeof each === "number")
        ? undefined
        : "must be a text";
  }
}

function faultOfExpression(value: ConditionValue): string | undefined {
  if (typeof value !== "string" || value === "") return "matches takes a regular expression";
  if (value.length > MAX_PATTERN) return `must be an expression of at most ${MAX_PATTERN} characters`;
  try {
    compileExpression(value);
    return undefined;
  } catch (error) {
    // The library throws nothing but what is wrong with the expression.
    return `is no regular expression of RE2: ${error instanceof Error ? error.message : String(error)}`;
  }
}
