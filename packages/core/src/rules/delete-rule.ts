import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { toRuleJson, readLockedRule } from "../rule-definitions/index.ts";
import { touchRules } from "../rule-revisions/index.ts";
import { cancelSchedule } from "../rule-schedules/index.ts";

/** What it did stays in the executions, and its versions stay to explain them. */
export async function deleteRule(ctx: RequestContext, { id }: { id: string }): Promise<void> {
  const tenantId = authorize(ctx, "ai_rules.manage");
  await ctx.database.withTenant(tenantId, async (tx) => {
    const rule = await readLockedRule(tx, tenantId, id);
    await tx.aiRule.delete({ where: { tenantId_id: { tenantId, id } } });
    await cancelSchedule(tx, rule);
    await touchRules(tx, tenantId);
    await recordAudit(ctx, tx, tenantId, {
      action: "ai_rule.deleted",
      subject: { type: "ai_rule", id },
      before: toRuleJson(rule),
    });
  });
}
