import { isDeepStrictEqual } from "node:util";
import type { Tx } from "@parley/db";
import { recordAudit } from "../audit/index.ts";
import { actorIdOf, type RequestContext } from "../context/index.ts";
import {
  definitionOf,
  toDefinitionJson,
  toRuleJson,
  toDefinitionColumn,
  toRuleColumns,
  type RuleRow,
  type RuleDefinition,
  type RuleJson,
} from "../rule-definitions/index.ts";
import { touchRules } from "../rule-revisions/index.ts";
import { planSchedule } from "../rule-schedules/index.ts";

/**
 * Writes a rule, which the caller has locked and checked, as it is from now on. What it says is its next version; whether it
 * is active is none. Failures of what it said before do not count against it. What is so already is no change.
 */
export async function rewriteRule(
  ctx: RequestContext,
  tx: Tx,
  before: RuleRow,
  after: { definition: RuleDefinition; isActive?: boolean | undefined; action: string },
): Promise<RuleJson> {
  const { tenantId, id } = before;
  const { definition, isActive = before.isActive, action } = after;
  const saysElse = !isDeepStrictEqual(withoutAbsent(definition), withoutAbsent(definitionOf(before)));
  if (!saysElse && isActive === before.isActive) return toRuleJson(before);
  const now = ctx.clock.now();
  const version = before.version + 1;
  const rule = await tx.aiRule.update({
    where: { tenantId_id: { tenantId, id } },
    data: {
      isActive,
      ...(saysElse && { ...toRuleColumns(definition), version, failuresInARow: 0 }),
      // What happened while it was not asked is no concern of its.
      ...(!isAsked(before) && isAsked({ ...definition, isActive }) && { effectiveFrom: now }),
      updatedAt: now,
    },
  });
  if (saysElse) {
    const createdBy = actorIdOf(ctx.actor);
    await tx.aiRuleVersion.create({
      data: { tenantId, ruleId: id, version, definition: toDefinitionColumn(definition), createdBy, createdAt: now },
    });
  }
  await planSchedule(ctx, tx, rule);
  await touchRules(tx, tenantId);
  const json = toRuleJson(rule);
  await recordAudit(ctx, tx, tenantId, {
    action,
    subject: { type: "ai_rule", id },
    before: toRuleJson(before),
    after: json,
  });
  return json;
}

function isAsked({ isActive, executionMode }: Pick<RuleRow, "isActive" | "executionMode">): boolean {
  return isActive && executionMode !== "DISABLED";
}

/** As it is once stored: a part that is undefined is as good as one that is not there. */
function withoutAbsent(definition: RuleDefinition): unknown {
  return JSON.parse(JSON.stringify(toDefinitionJson(definition)));
}
