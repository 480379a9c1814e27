import { describe, expect, test } from "vitest";
import { compileCondition } from "./compile-condition.ts";
import { buildFacts } from "./condition.fixture.ts";
import { conditionInput, type Condition, type Test } from "./condition.ts";
import { findConditionFaults } from "./find-faults.ts";
import { FIELDS, type FieldType } from "./fields.ts";
import { OPERATORS, type Operator } from "./operators.ts";

const ATTRIBUTES = new Set(["size"]);
const faultsOf = (condition: Condition) => findConditionFaults(condition, ATTRIBUTES);
const messageOf = (field: string, operator: Operator, value?: Test["value"]) =>
  faultsOf({ field, operator, value })[0]?.message;

/** Which operators a type of field takes, with a value that is right for it. */
const ALLOWED: Record<FieldType, Partial<Record<Operator, Test["value"]>>> = {
  text: {
    equals: "a",
    changed_from: null,
    changed_to: "a",
    not_equals: null,
    contains: "a",
    not_contains: "a",
    in: ["a"],
    not_in: ["a"],
    starts_with: "a",
    matches: "a",
    is_present: true,
  },
  word: {
    equals: "open",
    not_equals: "open",
    contains: "a",
    not_contains: "a",
    in: ["open"],
    not_in: ["open"],
    starts_with: "a",
    matches: "a",
    is_present: undefined,
  },
  number: { equals: 1, not_equals: 1, in: [1], not_in: [1], greater_than: 1, less_than: 1, is_present: false },
  boolean: { equals: true, not_equals: true, is_present: true },
  list: {
    equals: ["a"],
    changed_from: "a",
    changed_to: ["a", "b"],
    not_equals: "a",
    contains: "a",
    not_contains: "a",
    in: ["a"],
    not_in: ["a"],
    starts_with: "a",
    matches: "a",
    is_present: true,
  },
};
const FIELD_OF: Record<FieldType, string> = {
  text: "ticket.subject",
  word: "conversation.status",
  number: "ticket.reopenedCount",
  boolean: "ticket.isSnoozed",
  list: "ticket.tags",
};
const TYPES = Object.keys(ALLOWED) as FieldType[];

describe.each(TYPES)("of a %s", (type) => {
  test.each(OPERATORS)("%s is taken or refused as its type says", (operator) => {
    const values: Test["value"][] = ["open", 1, true, ["open"], undefined];
    const isAllowed = operator in ALLOWED[type];
    const given = isAllowed ? [ALLOWED[type][operator]] : values;
    for (const value of given) {
      expect([value, messageOf(FIELD_OF[type], operator, value) === undefined]).toEqual([value, isAllowed]);
    }
  });

  test("what is taken can be compiled, and asked about anything", () => {
    for (const [operator, value] of Object.entries(ALLOWED[type]) as [Operator, Test["value"]][]) {
      const ask = compileCondition({ field: FIELD_OF[type], operator, value });
      expect(() => [ask(buildFacts()), ask(buildFacts({ message: null }))]).not.toThrow();
    }
  });
});

test.each<[string, Operator, Test["value"], RegExp]>([
  ["ticket.stauts", "equals", "open", /there is no field ticket\.stauts/],
  ["toString", "equals", "open", /there is no field/],
  ["ticket.attributes.colour", "equals", "red", /colour is not an attribute of this company/],
  ["ticket.attributes.", "equals", "red", /there is no field/],
  ["ticket.status", "equals", "lost", /must be one of open, /],
  ["ticket.status", "equals", 1, /must be one of/],
  ["ticket.reopenedCount", "equals", "1", /must be a number/],
  ["ticket.isSnoozed", "equals", "true", /must be true or false/],
  ["ticket.subject", "equals", 1, /must be a text/],
  ["ticket.subject", "equals", undefined, /needs a value/],
  ["ticket.subject", "equals", ["a"], /takes one value/],
  ["ticket.subject", "in", "a", /takes a list of values/],
  ["ticket.subject", "contains", " ", /takes a text/],
  ["ticket.subject", "is_present", "yes", /takes true or false/],
  ["ticket.subject", "greater_than", "a", /is for numbers, priorities and urgency/],
  ["ticket.ageMinutes", "changed_to", 1, /no event says what it was before/],
  ["ticket.tags", "changed_to", null, /takes what was added/],
  ["ticket.tags", "changed_from", null, /takes what was taken away/],
  ["ticket.subject", "matches", "(", /is no regular expression of RE2: .*missing closing/],
  ["ticket.subject", "matches", "(?=a)", /is no regular expression of RE2/],
  ["ticket.subject", "matches", "(a)\\1", /is no regular expression of RE2/],
  ["ticket.subject", "matches", "a{2000}", /is no regular expression of RE2/],
  ["ticket.subject", "matches", "", /takes a regular expression/],
  ["ticket.subject", "matches", "x".repeat(501), /at most 500 characters/],
])("%s %s %j is told apart: %s", (field, operator, value, message) => {
  expect(messageOf(field, operator, value)).toMatch(message);
});

test("changes are known of all that a ticket is given", () => {
  const known = Object.entries(FIELDS).filter(([, { changes }]) => changes);
  const given = ["status", "priority", "subject", "category", "sentiment", "tags", "orderRef", "assigneeId", "teamId"];
  expect(known.map(([name]) => name)).toEqual(given.map((field) => `ticket.${field}`));
  expect(messageOf("ticket.status", "changed_to", "open")).toBeUndefined();
  expect(messageOf("ticket.assigneeId", "changed_from", null)).toBeUndefined();
  expect(messageOf("ticket.attributes.size", "changed_to", "XL")).toBeUndefined();
});

test("every fault is told, each with its place", () => {
  const wrong: Test = { field: "nothing", operator: "equals", value: "a" };
  const right: Test = { field: "ticket.subject", operator: "equals", value: "a" };
  const paths = faultsOf({ all: [wrong, { any: [right, { none: [wrong] }] }] }).map(({ path }) => path);
  expect(paths).toEqual(["conditions.all.0", "conditions.all.1.any.1.none.0"]);
  expect(faultsOf(wrong).map(({ path }) => path)).toEqual(["conditions"]);
});

const comparisons = (count: number): Condition => ({
  all: Array.from({ length: count }, () => ({ field: "ticket.subject", operator: "equals", value: "a" })),
});

test("a condition has at most a hundred comparisons", () => {
  expect(faultsOf({ any: [comparisons(50), comparisons(50)] })).toEqual([]);
  expect(faultsOf({ any: [comparisons(50), comparisons(50), comparisons(1)] })).toMatchObject([
    { path: "conditions", message: /at most 100 comparisons/ },
  ]);
});

const expression = (value: string): Test => ({ field: "message.text", operator: "matches", value });
const msOf = (condition: Condition, length: number): number => {
  const ask = compileCondition(condition);
  const facts = buildFacts({ message: { text: "a".repeat(length) } });
  const times = Array.from({ length: 5 }, () => {
    const before = performance.now();
    ask(facts);
    return performance.now() - before;
  });
  // What else the machine does makes some of them slower.
  return Math.min(...times);
};

describe("regular expressions", () => {
  test("that hang elsewhere take time in proportion to the text", () => {
    // An engine that backtracks would not come back from the shorter of the two.
    for (const hostile of ["(a+)+$b", "(a|aa)+$b", "(.*a){12}b", "(a?){25}a{25}b"]) {
      expect(faultsOf(expression(hostile))).toEqual([]);
      expect(msOf(expression(hostile), 8_000)).toBeLessThan(Math.max(msOf(expression(hostile), 1_000), 5) * 24);
    }
  });

  test("of a text that is longer than any message only the beginning is looked at", () => {
    const ask = compileCondition(expression("z$"));
    expect(ask(buildFacts({ message: { text: `${"a".repeat(9_999)}z${"b".repeat(90_000)}` } }))).toBeNull();
    expect(ask(buildFacts({ message: { text: `${"a".repeat(50_000)}z` } }))).not.toBeNull();
  });

  test("are refused when they repeat so much that each message would take long", () => {
    expect(faultsOf(expression("(a?){500}a{500}"))).toMatchObject([{ path: "conditions", message: /too large/ }]);
    const many = { any: Array.from({ length: 40 }, () => expression("(parcel|package|letter) (is|was) (late|lost)")) };
    expect(faultsOf({ any: many.any.slice(0, 10) })).toEqual([]);
    expect(faultsOf(many)).toMatchObject([{ path: "conditions", message: /too large together/ }]);
  });
});

test("an operator is taken in upper case as well", () => {
  expect(conditionInput.parse({ field: "ticket.status", operator: "CHANGED_TO", value: "open" })).toMatchObject({
    operator: "changed_to",
  });
});
