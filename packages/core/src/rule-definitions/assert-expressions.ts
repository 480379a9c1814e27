import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { conditionJson, sizeOfExpressions, type Condition } from "../rule-conditions/index.ts";
import { lockTenant } from "../tenants/index.ts";

/** Of all rules of a company, as RE2 counts: each message may be compared with all of them, by a process that others share. */
const MOST_EXPRESSIONS = 5_000;

/**
 * Refuses as `validation_failed` conditions with which the company's regular expressions would be too large together. Rules
 * that are not active count: they can be at any time. Whoever writes a rule at the same time waits for this one's.
 */
export async function assertExpressions(
  tx: Tx,
  { tenantId, id }: { tenantId: string; id: string },
  conditions: Condition,
): Promise<void> {
  const own = sizeOfExpressions(conditions);
  if (own === 0) return;
  await lockTenant(tx, tenantId);
  const others = await tx.aiRule.findMany({ where: { tenantId, id: { not: id } }, select: { conditions: true } });
  const sizes = others.map((rule) => sizeOfExpressions(conditionJson.parse(rule.conditions)));
  if (sizes.reduce((sum, size) => sum + size, own) <= MOST_EXPRESSIONS) return;
  const message = "has regular expressions that are too large together with those of the company's other rules";
  throw new DomainError("validation_failed", "Repeat less in the expressions, or delete rules that are not needed.", {
    fields: [{ path: "conditions", message }],
  });
}
