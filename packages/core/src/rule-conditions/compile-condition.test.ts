import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileCondition, describeFailure } from "./compile-condition.ts";
import { buildFacts } from "./condition.fixture.ts";
import { conditionInput, groupOf, type Condition, type Test } from "./condition.ts";
import { compileExplanation } from "./explain-condition.ts";
import type { Facts } from "./facts.ts";
import { FIELDS } from "./fields.ts";
import { OPERATORS } from "./operators.ts";

const holds = (condition: Condition, facts: Facts = buildFacts()): boolean =>
  compileCondition(condition)(facts) === null;
const isTrue = (field: string, operator: Test["operator"], value?: Test["value"], facts?: Facts): boolean =>
  holds({ field, operator, value }, facts);

describe("a text", () => {
  test.each<[Test["operator"], Test["value"], boolean]>([
    ["equals", "hello, my parcel is late. order 4711", true],
    ["equals", "parcel", false],
    ["not_equals", "parcel", true],
    ["contains", "parcel", true],
    ["contains", "is late", true],
    ["contains", "refund", false],
    ["not_contains", "refund", true],
    ["not_contains", "LATE", false],
    ["in", ["x", "Hello, my parcel is late. order 4711"], true],
    ["in", ["x", "y"], false],
    ["not_in", ["x", "y"], true],
    ["starts_with", "hello", true],
    ["starts_with", "my", false],
    ["matches", "parcel\\s+is\\s+(late|lost)", true],
    ["matches", "^parcel", false],
    ["matches", "order \\d{4}$", true],
    ["is_present", undefined, true],
    ["is_present", true, true],
    ["is_present", false, false],
  ])("%s %j is %s, whatever the case, the accents and the spaces", (operator, value, expected) => {
    expect(isTrue("message.text", operator, value)).toBe(expected);
  });

  test("is found with accents or without", () => {
    expect(isTrue("contact.name", "contains", "zoe")).toBe(true);
    expect(isTrue("contact.name", "equals", "ZOÉ MULLER")).toBe(true);
    expect(isTrue("contact.name", "contains", "muller", buildFacts({ contact: { name: "Muller" } }))).toBe(true);
  });

  test("that is not there equals nothing but null, and is not present", () => {
    const nobody = buildFacts({ ticket: { category: null } });
    expect(isTrue("ticket.category", "equals", null, nobody)).toBe(true);
    expect(isTrue("ticket.category", "not_equals", "delivery", nobody)).toBe(true);
    expect(isTrue("ticket.category", "contains", "d", nobody)).toBe(false);
    expect(isTrue("ticket.category", "matches", ".*", nobody)).toBe(false);
    expect(isTrue("ticket.category", "starts_with", "d", nobody)).toBe(false);
    expect(isTrue("ticket.category", "is_present", false, nobody)).toBe(true);
  });
});

describe("a word", () => {
  test.each<[string, Test["operator"], Test["value"], boolean]>([
    ["ticket.status", "equals", "OPEN", true],
    ["ticket.status", "not_equals", "open", false],
    ["ticket.status", "in", ["pending", "open"], true],
    ["ticket.status", "not_in", ["pending"], true],
    ["ticket.priority", "greater_than", "low", true],
    ["ticket.priority", "greater_than", "normal", false],
    ["ticket.priority", "less_than", "URGENT", true],
    ["message.urgency", "greater_than", "normal", true],
    ["message.sentiment", "equals", "negative", true],
    ["inbox.channel", "starts_with", "whats", true],
    ["conversation.status", "is_present", undefined, true],
  ])("%s %s %j is %s", (field, operator, value, expected) => {
    expect(isTrue(field, operator, value)).toBe(expected);
  });
});

describe("a number", () => {
  test.each<[string, Test["operator"], Test["value"], boolean]>([
    ["ticket.ageMinutes", "greater_than", 29, true],
    ["ticket.ageMinutes", "greater_than", 30, false],
    ["ticket.ageMinutes", "less_than", 31, true],
    ["ticket.reopenedCount", "equals", 1, true],
    ["ticket.reopenedCount", "in", [0, 1], true],
    ["message.sentimentScore", "less_than", -0.5, true],
    ["wait.minutes", "greater_than", 0, false],
    ["wait.minutes", "less_than", 10, false],
    ["wait.minutes", "is_present", false, true],
    ["ticket.reopenedCount", "is_present", undefined, true],
  ])("%s %s %j is %s", (field, operator, value, expected) => {
    expect(isTrue(field, operator, value)).toBe(expected);
  });
});

describe("a boolean", () => {
  test.each<[string, Test["operator"], Test["value"], boolean]>([
    ["businessHours.isOpen", "equals", true, true],
    ["businessHours.isOpen", "not_equals", true, false],
    ["conversation.isWindowOpen", "equals", true, true],
    ["ticket.isSnoozed", "equals", false, true],
    ["ticket.isSnoozed", "is_present", undefined, true],
  ])("%s %s %j is %s", (field, operator, value, expected) => {
    expect(isTrue(field, operator, value)).toBe(expected);
  });

  test("of a message is neither true nor false where there is none", () => {
    const none = buildFacts({ message: null });
    expect(isTrue("message.hasAttachments", "equals", false, none)).toBe(false);
    expect(isTrue("message.hasAttachments", "is_present", false, none)).toBe(true);
  });
});

describe("a list", () => {
  test.each<[string, Test["operator"], Test["value"], boolean]>([
    ["ticket.tags", "contains", "late", true],
    ["ticket.tags", "contains", "la", false],
    ["ticket.tags", "not_contains", "vip", false],
    ["ticket.tags", "in", ["VIP", "x"], true],
    ["ticket.tags", "not_in", ["x"], true],
    ["ticket.tags", "equals", ["vip", "late"], true],
    ["ticket.tags", "equals", "late", false],
    ["conversation.tags", "is_present", undefined, false],
    ["ticket.tags", "starts_with", "vi", true],
    ["ticket.tags", "matches", "^v.p$", true],
    ["message.orderNumbers", "contains", "4711", true],
    ["contact.emails", "matches", "@customer\\.example$", true],
    ["contact.phones", "in", ["+33612345678"], true],
  ])("%s %s %j is %s", (field, operator, value, expected) => {
    expect(isTrue(field, operator, value)).toBe(expected);
  });
});

describe("one of the tenant's own attributes", () => {
  test.each<[string, Test["operator"], Test["value"], boolean]>([
    ["ticket.attributes.size", "equals", "xl", true],
    ["ticket.attributes.floor", "greater_than", 2, true],
    ["ticket.attributes.floor", "greater_than", "2", false],
    ["ticket.attributes.gift", "equals", true, true],
    ["ticket.attributes.due", "less_than", "2026-02-02", true],
    ["ticket.attributes.due", "greater_than", "2026-02-02", false],
    ["ticket.attributes.none", "is_present", undefined, false],
    ["ticket.attributes.constructor", "is_present", undefined, false],
    ["ticket.attributes.__proto__", "is_present", undefined, false],
  ])("%s %s %j is %s", (field, operator, value, expected) => {
    expect(isTrue(field, operator, value)).toBe(expected);
  });
});

describe("a change", () => {
  const facts = buildFacts({ changes: new Map([["ticket.status", { from: "pending", to: "open" }]]) });

  test("is known of events that say what was before", () => {
    expect(isTrue("ticket.status", "changed_from", "PENDING", facts)).toBe(true);
    expect(isTrue("ticket.status", "changed_to", "open", facts)).toBe(true);
    expect(isTrue("ticket.status", "changed_to", "pending", facts)).toBe(false);
    expect(isTrue("ticket.priority", "changed_to", "normal", facts)).toBe(false);
    expect(isTrue("ticket.status", "changed_to", "open")).toBe(false);
  });

  test("is none when it became what it was", () => {
    const same = buildFacts({ changes: new Map([["ticket.assigneeId", { from: null, to: null }]]) });
    expect(isTrue("ticket.assigneeId", "changed_to", null, same)).toBe(false);
    const taken = buildFacts({ changes: new Map([["ticket.assigneeId", { from: null, to: "x" }]]) });
    expect(isTrue("ticket.assigneeId", "changed_from", null, taken)).toBe(true);
  });
});

const yes: Test = { field: "ticket.status", operator: "equals", value: "open" };
const no: Test = { field: "ticket.priority", operator: "equals", value: "urgent" };
const noEither: Test = { field: "ticket.category", operator: "equals", value: "refund" };

describe("groups", () => {
  test.each<[Condition, string | null]>([
    [yes, null],
    [no, ""],
    [{ all: [] }, null],
    [{ all: [yes, no, noEither] }, "all.1"],
    [{ any: [no, yes] }, null],
    [{ any: [no, noEither] }, "any.0"],
    [{ none: [no, noEither] }, null],
    [{ none: [no, yes] }, "none.1"],
    [{ all: [yes, { any: [no, { none: [no, yes] }] }] }, "all.1.any.0"],
    [{ all: [yes, { none: [{ all: [yes, no] }, { any: [no, yes] }] }] }, "all.1.none.1.any.0"],
    [{ none: [{ all: [] }] }, "none.0"],
    [{ all: [{ all: [{ all: [no] }] }] }, "all.0.all.0.all.0"],
  ])("%j is spoiled by %j first", (condition, path) => {
    expect(compileCondition(condition)(buildFacts())?.path ?? null).toBe(path);
  });

  test("are as deep as four, and no deeper", () => {
    const deep = (levels: number): Condition => (levels === 0 ? yes : { all: [deep(levels - 1)] });
    expect(conditionInput.safeParse(deep(4)).success).toBe(true);
    expect(conditionInput.safeParse(deep(5)).success).toBe(false);
  });
});

const failureOf = (condition: Condition) => {
  const spoiled = compileCondition(condition)(buildFacts());
  return spoiled && describeFailure(spoiled, buildFacts());
};

describe("what spoils a condition", () => {
  test("is told with what the field had", () => {
    expect(failureOf({ all: [yes, no] })).toEqual({
      path: "all.1",
      field: "ticket.priority",
      operator: "equals",
      expected: "urgent",
      actual: "normal",
    });
  });

  test("is told without what the customer wrote, or who they are", () => {
    const ofTheirs = ["message.text", "contact.name", "contact.emails", "message.phones", "ticket.subject"];
    for (const field of [...ofTheirs, "ticket.orderRef", "ticket.attributes.size"]) {
      expect(failureOf({ field, operator: "contains", value: "nothing of theirs" })).not.toHaveProperty("actual");
    }
  });
});

const VALUES: readonly NonNullable<Test["value"]>[] = ["open", "late", "4711", "urgent", "", 0, 1, 30, true, false];
const tests: fc.Arbitrary<Test> = fc.record({
  field: fc.constantFrom(...Object.keys(FIELDS), "ticket.attributes.size", "ticket.attributes.floor"),
  operator: fc.constantFrom(...OPERATORS.filter((operator) => operator !== "matches")),
  value: fc.constantFrom(...VALUES, null, ["late", "open", 1]),
});
const conditions: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition; parts: Condition[] }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tests,
    tie("parts").map((all) => ({ all })),
    tie("parts").map((any) => ({ any })),
    tie("parts").map((none) => ({ none })),
  ),
  parts: fc.array(tie("condition"), { minLength: 1, maxLength: 4 }),
})).condition;
const factsOfAll = fc
  .record({
    status: fc.constantFrom("OPEN" as const, "RESOLVED" as const),
    tags: fc.subarray(["late", "vip", "4711"]),
    text: fc.constantFrom("", "late", "open", "My order 4711"),
    hasMessage: fc.boolean(),
  })
  .map(({ status, tags, text, hasMessage }) =>
    buildFacts({
      ticket: { status, tags },
      message: hasMessage ? { text } : null,
      changes: new Map([["ticket.status", { from: "pending", to: "open" }]]),
    }),
  );

/** By the words of the groups alone: a comparison is whatever was explained at its place. */
function combine(condition: Condition, held: ReadonlyMap<string, boolean>, path = ""): boolean {
  const group = groupOf(condition);
  if (!group) return held.get(path) ?? false;
  const parts = group.parts.map((part, index) =>
    combine(part, held, [path, group.join, index].filter((each) => each !== "").join(".")),
  );
  const those = parts.filter(Boolean).length;
  if (group.join === "all") return those === parts.length;
  return group.join === "any" ? those > 0 : those === 0;
}

test("a condition holds if and only if its comparisons, as they are explained, make it hold; else one of them spoils it", () => {
  fc.assert(
    fc.property(conditions, factsOfAll, (condition, facts) => {
      const explained = compileExplanation(condition)(facts);
      const held = new Map(explained.map(({ path, holds: each }) => [path, each]));
      const spoiled = compileCondition(condition)(facts);
      expect(spoiled === null).toBe(combine(condition, held));
      if (spoiled) expect(held.has(spoiled.path)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("what is negated holds if and only if the other does not", () => {
  const opposites = [
    ["equals", "not_equals"],
    ["contains", "not_contains"],
    ["in", "not_in"],
  ] as const;
  fc.assert(
    fc.property(tests, factsOfAll, fc.constantFrom(...opposites), (given, facts, [one, other]) => {
      expect(holds({ ...given, operator: one }, facts)).toBe(!holds({ ...given, operator: other }, facts));
    }),
  );
});
