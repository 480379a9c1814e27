import { authorize, type RequestContext } from "../context/index.ts";
import { toRuleJson, readRule, type RuleJson } from "../rule-definitions/index.ts";

export async function showRule(ctx: RequestContext, { id }: { id: string }): Promise<RuleJson> {
  const tenantId = authorize(ctx, "ai_rules.read");
  return ctx.database.withTenant(tenantId, async (tx) => toRuleJson(await readRule(tx, tenantId, id)));
}
