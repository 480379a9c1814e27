import { isUniqueViolation } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import {
  assertDefinition,
  assertExpressions,
  changedDefinition,
  definitionOf,
  toRuleJson,
  readLockedRule,
  ruleNameTaken,
  type ChangeRuleInput,
  type RuleJson,
} from "../rule-definitions/index.ts";
import { assertVersion } from "../tickets/index.ts";
import { rewriteRule } from "./rewrite-rule.ts";

/**
 * Changes what is given; conditions, actions and schedule are given whole. Refuses what `createRule` refuses, of the rule as
 * it would be. With `expectedVersion`, only if it still says what it said then: else
 * `precondition_failed`. Whether it is active is not what it says: whoever switches it last is right.
 */
export async function changeRule(
  ctx: RequestContext,
  input: ChangeRuleInput & { id: string; expectedVersion?: number | undefined },
): Promise<RuleJson> {
  const tenantId = authorize(ctx, "ai_rules.manage");
  const { id, expectedVersion, isActive, ...change } = input;
  try {
    return await ctx.database.withTenant(tenantId, async (tx) => {
      const before = await readLockedRule(tx, tenantId, id);
      assertVersion(toRuleJson(before), expectedVersion);
      const definition = changedDefinition(definitionOf(before), change);
      await assertDefinition(tx, tenantId, definition, change);
      if (change.conditions) await assertExpressions(tx, before, change.conditions);
      return rewriteRule(ctx, tx, before, { definition, isActive, action: "ai_rule.changed" });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw ruleNameTaken();
    throw error;
  }
}
