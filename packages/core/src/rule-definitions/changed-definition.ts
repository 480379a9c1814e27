import type { ChangeRuleInput, RuleDefinition } from "./schemas.ts";

/** What a rule says with what is given in its place. */
export function changedDefinition(before: RuleDefinition, change: Omit<ChangeRuleInput, "isActive">): RuleDefinition {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  // Each part has the type that it has in the definition, or is not there.
  return { ...before, ...(given as Partial<RuleDefinition>) };
}
