import { RE2JS } from "re2js";
import type { ConditionValue, Test } from "./condition.ts";
import type { Facts, FactValue } from "./facts.ts";
import { findField, type Field } from "./fields.ts";
import { foldText } from "./fold-text.ts";

export type Predicate = (facts: Facts) => boolean;

/** Of a longer text the rest is not looked at: an expression takes time in proportion to it. */
const MAX_MATCHED = 10_000;

/** A comparison that was made ready: what it names is looked up, folded and compiled once. It was checked before. */
export function compileTest(test: Test): Predicate {
  const field = findField(test.field);
  if (!field) throw new Error(`there is no field ${test.field}`);
  const { value = null } = test;
  switch (test.operator) {
    case "equals":
      return compileEquals(field, value);
    case "not_equals":
      return not(compileEquals(field, value));
    case "contains":
      return compileContains(field, value);
    case "not_contains":
      return not(compileContains(field, value));
    case "in":
      return compileIn(field, value);
    case "not_in":
      return not(compileIn(field, value));
    case "greater_than":
      return compileOrder(field, value, (difference) => difference > 0);
    case "less_than":
      return compileOrder(field, value, (difference) => difference < 0);
    case "starts_with": {
      const start = foldText(String(value));
      return (facts) => textsIn(field.read(facts)).some((text) => foldText(text).startsWith(start));
    }
    case "matches": {
      const expression = compileExpression(String(value));
      return (facts) =>
        textsIn(field.read(facts)).some((text) => expression.matcher(text.slice(0, MAX_MATCHED)).find());
    }
    case "is_present":
      return value === false ? (facts) => !isPresent(field.read(facts)) : (facts) => isPresent(field.read(facts));
    case "changed_from":
      return compileChange(test.field, "from", value);
    case "changed_to":
      return compileChange(test.field, "to", value);
  }
}

/** In the syntax of RE2, whose time is linear in the text; without regard to case. Throws what is wrong with it. */
export function compileExpression(pattern: string): RE2JS {
  return RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
}

function not(predicate: Predicate): Predicate {
  return (facts) => !predicate(facts);
}

/** A list equals one value when that is all that it holds. */
function compileEquals({ read }: Field, value: ConditionValue): Predicate {
  const wanted = Array.isArray(value) ? value.map(comparable) : [comparable(value)];
  return (facts) => {
    const held = read(facts);
    if (!Array.isArray(held)) return wanted.length === 1 && comparable(held as Single) === wanted[0];
    return held.length === wanted.length && held.every((each: Single) => wanted.includes(comparable(each)));
  };
}

/** Of a text a part, of a list a member. */
function compileContains({ read }: Field, value: ConditionValue): Predicate {
  const wanted = (Array.isArray(value) ? value : [value]).map((each) => foldText(String(each)));
  return (facts) => {
    const held = read(facts);
    if (Array.isArray(held)) {
      const members = held.map((each: Single) => foldText(String(each)));
      return wanted.some((each) => members.includes(each));
    }
    if (held === null) return false;
    const text = foldText(String(held));
    return wanted.some((each) => text.includes(each));
  };
}

/** Of a list: one of its members. */
function compileIn({ read }: Field, value: ConditionValue): Predicate {
  const wanted = new Set((Array.isArray(value) ? value : [value]).map(comparable));
  return (facts) => {
    const held = read(facts);
    return Array.isArray(held)
      ? held.some((each: Single) => wanted.has(comparable(each)))
      : wanted.has(comparable(held as Single));
  };
}

function compileOrder(
  { read, order }: Field,
  value: ConditionValue,
  holds: (difference: number) => boolean,
): Predicate {
  const rank = (held: FactValue | ConditionValue): number | string | null => {
    if (typeof held === "number") return held;
    if (typeof held !== "string") return null;
    return order ? order.indexOf(held.toLowerCase()) : held;
  };
  const wanted = rank(value);
  return (facts) => {
    const held = rank(read(facts));
    if (typeof held === "number" && typeof wanted === "number") return holds(held - wanted);
    // Days, as in 2026-01-31, stand in the order of their letters.
    if (typeof held === "string" && typeof wanted === "string")
      return holds(held < wanted ? -1 : Number(held > wanted));
    return false;
  };
}

/** Of a list: one of what was taken away, or added. */
function compileChange(field: string, side: "from" | "to", value: ConditionValue): Predicate {
  const wanted = new Set((Array.isArray(value) ? value : [value]).map(comparable));
  return ({ changes }) => {
    const change = changes.get(field);
    if (change === undefined || change.from === change.to) return false;
    const held = change[side];
    return Array.isArray(held)
      ? held.some((each: Single) => wanted.has(comparable(each)))
      : wanted.has(comparable(held as Single));
  };
}

type Single = string | number | boolean | null;

function comparable(value: Single): Single {
  return typeof value === "string" ? foldText(value) : value;
}

function textsIn(value: FactValue): string[] {
  if (value === null) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function isPresent(value: FactValue): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== null && value !== "";
}
