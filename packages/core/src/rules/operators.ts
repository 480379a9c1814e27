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

export const operatorJson = z.enum(OPERATORS);

/** In lower or upper case. */
export const operatorInput = z
  .enum([...OPERATORS, ...OPERATORS.map((operator) => operator.toUpperCase() as Uppercase<Operator>)])
  .transform((text) => text.toLowerCase() as Operator)
  .meta({
    description: `One of ${OPERATORS.join(", ")}. matches takes a regular expression in the syntax of RE2; is_present takes true (default) or false.`,
    example: "contains",
  });
