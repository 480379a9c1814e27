import { z } from "zod";

/** How a condition compares what a field has with the value that it names. */
export const OPERATORS = [
  "equals",
  "not_equals",
  "contains",
  "not_contains",
  "in",
  "not_in",
  "greater_than",
  "less_than",
  "starts_with",
  "matches",
  "is_present",
  "changed_from",
  "changed_to",
] as const;

export type Operator = (typeof OPERATORS)[number];

/** Whether it compares what a field was, or became, and not what it is. */
export function isAboutChange(operator: string): operator is "changed_from" | "changed_to" {
  return operator === "changed_from" || operator === "changed_to";
}

export const operatorJson = z.enum(OPERATORS);

/** In lower or upper case. */
export const operatorInput = z
  .enum([...OPERATORS, ...OPERATORS.map((operator) => operator.toUpperCase() as Uppercase<Operator>)])
  .transform((text) => text.toLowerCase() as Operator)
  .meta({
    description: `One of ${OPERATORS.join(", ")}. matches takes a regular expression in the syntax of RE2; is_present takes true (default) or false; changed_from and changed_to, of tags, one that was taken away or added.`,
    example: "contains",
  });
