import { isUniqueViolation, type Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { actorIdOf, authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import {
  assertDefinition,
  assertExpressions,
  toRuleJson,
  ruleNameTaken,
  toDefinitionColumn,
  toRuleColumns,
  type CreateRuleInput,
  type RuleJson,
} from "../rule-definitions/index.ts";
import { touchRules } from "../rule-revisions/index.ts";
import { planSchedule } from "../rule-schedules/index.ts";
import { lockTenant } from "../tenants/index.ts";

/** Each is asked about whatever happens. */
const MOST_RULES = 200;

/**
 * `validation_failed`: it names what there is not, or could never be done. `conflict`: another rule has the name, or there
 * are too many.
 */
export async function createRule(ctx: RequestContext, input: CreateRuleInput): Promise<RuleJson> {
  const tenantId = authorize(ctx, "ai_rules.manage");
  const { isActive, ...definition } = input;
  const id = newId();
  try {
    return await ctx.database.withTenant(tenantId, (tx) =>
      once(ctx, tx, async () => {
        await assertDefinition(tx, tenantId, definition);
        await assertRoom(tx, tenantId);
        await assertExpressions(tx, { tenantId, id }, definition.conditions);
        const now = ctx.clock.now();
        const rule = await tx.aiRule.create({
          data: {
            tenantId,
            id,
            isActive,
            ...toRuleColumns(definition),
            effectiveFrom: now,
            createdAt: now,
            updatedAt: now,
          },
        });
        const { version } = rule;
        const createdBy = actorIdOf(ctx.actor);
        await tx.aiRuleVersion.create({
          data: {
            tenantId,
            ruleId: id,
            version,
            definition: toDefinitionColumn(definition),
            createdBy,
            createdAt: now,
          },
        });
        await planSchedule(ctx, tx, rule);
        await touchRules(tx, tenantId);
        const json = toRuleJson(rule);
        await recordAudit(ctx, tx, tenantId, {
          action: "ai_rule.created",
          subject: { type: "ai_rule", id },
          after: json,
        });
        return json;
      }),
    );
  } catch (error) {
    if (isUniqueViolation(error)) throw ruleNameTaken();
    throw error;
  }
}

/** Whoever makes a rule at the same time waits for this one's. */
async function assertRoom(tx: Tx, tenantId: string): Promise<void> {
  await lockTenant(tx, tenantId);
  if ((await tx.aiRule.count({ where: { tenantId } })) < MOST_RULES) return;
  throw new DomainError(
    "conflict",
    `The company has ${MOST_RULES} rules, which is the most; delete one that is not needed.`,
  );
}
