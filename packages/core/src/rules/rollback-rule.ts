import { isUniqueViolation } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import {
  assertDefinition,
  assertExpressions,
  toRuleJson,
  ruleDefinition,
  readLockedRule,
  ruleNameTaken,
  type RuleDefinition,
  type RuleJson,
} from "../rule-definitions/index.ts";
import { definitionIn, readRuleVersion, type RuleVersionRow, type RollbackRuleInput } from "../rule-versions/index.ts";
import { assertVersion } from "../tickets/index.ts";
import { rewriteRule } from "./rewrite-rule.ts";

/**
 * Lets a rule say again what it said in an earlier version, as a new one. `conflict`: what it named then is not there any
 * more, or another rule has its name by now. With `expectedVersion`, only if nobody changed it since.
 */
export async function rollbackRule(
  ctx: RequestContext,
  input: RollbackRuleInput & { id: string; expectedVersion?: number | undefined },
): Promise<RuleJson> {
  const tenantId = authorize(ctx, "ai_rules.manage");
  const { id, version, expectedVersion } = input;
  try {
    return await ctx.database.withTenant(tenantId, (tx) =>
      once(ctx, tx, async () => {
        const before = await readLockedRule(tx, tenantId, id);
        assertVersion(toRuleJson(before), expectedVersion);
        const earlier = await readRuleVersion(tx, { tenantId, ruleId: id }, version);
        const definition = readDefinition(earlier);
        await stillValid(version, async () => {
          await assertDefinition(tx, tenantId, definition);
          await assertExpressions(tx, before, definition.conditions);
        });
        return rewriteRule(ctx, tx, before, { definition, action: "ai_rule.rolled_back" });
      }),
    );
  } catch (error) {
    if (isUniqueViolation(error)) throw ruleNameTaken();
    throw error;
  }
}

/** As if somebody had written it now: what rules may say has perhaps become less since. */
function readDefinition(row: RuleVersionRow): RuleDefinition {
  const { data, error } = ruleDefinition.safeParse(definitionIn(row));
  if (data) return data;
  const [issue] = error.issues;
  throw notAnyMore(row.version, `${issue?.path.join(".") ?? ""} ${issue?.message ?? "is not valid"}`);
}

/** What is not valid is no fault of the request, which named nothing but a version. */
async function stillValid(version: number, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "validation_failed") throw error;
    const [field] = error.fields;
    throw notAnyMore(version, field ? `${field.path} ${field.message}` : error.message, error);
  }
}

function notAnyMore(version: number, reason: string, cause?: Error): DomainError {
  return new DomainError(
    "conflict",
    `Version ${version} cannot be restored as it is, so change the rule instead: ${reason}.`,
    { cause },
  );
}
