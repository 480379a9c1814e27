import { z } from "zod";
import { lineText } from "../json/index.ts";
import { operatorInput, operatorJson, type Operator } from "./operators.ts";

const MAX_TEXT = 1_000;
const MAX_VALUES = 200;
const MAX_PARTS = 50;
/** How many groups may stand in one another. A bound, so that the schema is one that clients can generate types from. */
const MAX_DEPTH = 4;

export type ConditionValue = string | number | boolean | null | (string | number)[];

/** One comparison. Without a value: of `is_present`. */
export interface Test {
  field: string;
  operator: Operator;
  value?: ConditionValue | undefined;
}

/** A comparison, or several of which all, any or none have to hold. */
export type Condition = Test | { all: Condition[] } | { any: Condition[] } | { none: Condition[] };

const text = z.string().max(MAX_TEXT);
const value = z
  .union([
    text,
    z.number(),
    z.boolean(),
    z
      .array(z.union([text, z.number()]))
      .min(1)
      .max(MAX_VALUES),
  ])
  .nullable()
  .meta({ description: "What to compare with; in and not_in take several.", example: "order" });

function testWith<Schema extends z.ZodType<Operator>>(operator: Schema) {
  return z.strictObject({
    field: lineText(120).meta({
      description: "What to look at, such as message.text, ticket.status or ticket.attributes.<key>.",
      example: "message.text",
    }),
    operator,
    value: value.optional(),
  });
}

/** Groups of groups, down to comparisons; the outermost level is the component `id`. */
function conditionWith(operator: z.ZodType<Operator>, id: string): z.ZodType<Condition> {
  const test = testWith(operator).meta({ id: `${id}Test` });
  let level: z.ZodType<Condition> = test;
  for (let depth = MAX_DEPTH; depth > 0; depth -= 1) {
    const parts = z.array(level).min(1).max(MAX_PARTS);
    // Of no conditions all hold.
    level = z
      .union([
        test,
        z.strictObject({ all: z.array(level).max(MAX_PARTS) }),
        z.strictObject({ any: parts }),
        z.strictObject({ none: parts }),
      ])
      .meta({ id: depth === 1 ? id : `${id}${depth}` });
  }
  return level;
}

/** As it is asked for. */
export const conditionInput = conditionWith(operatorInput, "GivenRuleCondition");
/** As it is stored and answered. */
export const conditionJson = conditionWith(operatorJson, "RuleCondition");

/** The parts of a group, and how it joins them; undefined of a comparison. */
export function groupOf(condition: Condition): { join: "all" | "any" | "none"; parts: Condition[] } | undefined {
  if ("all" in condition) return { join: "all", parts: condition.all };
  if ("any" in condition) return { join: "any", parts: condition.any };
  if ("none" in condition) return { join: "none", parts: condition.none };
  return undefined;
}

/** Its comparisons, each with its place: `all.0.any.1`. */
export function testsOf(condition: Condition, path = ""): { path: string; test: Test }[] {
  const group = groupOf(condition);
  if (!group) return [{ path, test: condition as Test }];
  const { join, parts } = group;
  return parts.flatMap((part, index) => testsOf(part, `${path === "" ? "" : `${path}.`}${join}.${index}`));
}
