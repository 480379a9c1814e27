import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { toRuleJson, readLockedRule, type RuleJson } from "../rule-definitions/index.ts";
import { touchRules } from "../rule-revisions/index.ts";
import { planSchedule } from "../rule-schedules/index.ts";

/** Lets a rule act again that was suspended; of any other its failures are forgotten. */
export async function resumeRule(ctx: RequestContext, { id }: { id: string }): Promise<RuleJson> {
  const tenantId = authorize(ctx, "ai_rules.manage");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const before = await readLockedRule(tx, tenantId, id);
      if (before.suspendedAt === null && before.failuresInARow === 0) return toRuleJson(before);
      const now = ctx.clock.now();
      const rule = await tx.aiRule.update({
        where: { tenantId_id: { tenantId, id } },
        data: {
          suspendedAt: null,
          suspendedReason: null,
          failuresInARow: 0,
          ...(before.suspendedAt && { effectiveFrom: now }),
          updatedAt: now,
        },
      });
      await planSchedule(ctx, tx, rule);
      await touchRules(tx, tenantId);
      const json = toRuleJson(rule);
      await recordAudit(ctx, tx, tenantId, {
        action: "ai_rule.resumed",
        subject: { type: "ai_rule", id },
        before: toRuleJson(before),
        after: json,
      });
      return json;
    }),
  );
}
