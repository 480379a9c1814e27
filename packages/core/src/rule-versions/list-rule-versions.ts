import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, mapPage, numberKey, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { readRule } from "../rule-definitions/index.ts";
import { toRuleVersionJson } from "./rule-version.ts";
import type { ListRuleVersionsQuery, RuleVersionJson } from "./version-schemas.ts";

/** What a rule said from one change to the next, the newest first. Relies on ai_rule_version_pkey. */
export async function listRuleVersions(
  ctx: RequestContext,
  { id: ruleId, ...query }: ListRuleVersionsQuery & { id: string },
): Promise<Page<RuleVersionJson>> {
  const tenantId = authorize(ctx, "ai_rules.read");
  const [before] = readCursor(query.cursor, numberKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, async (tx) => {
    await readRule(tx, tenantId, ruleId);
    return tx.aiRuleVersion.findMany({
      where: { tenantId, ruleId, ...(before === undefined ? {} : { version: { lt: before } }) },
      orderBy: { version: "desc" },
      take: rowsToRead(query.limit),
    });
  });
  return mapPage(
    cutPage(rows, query.limit, ({ version }) => [version]),
    toRuleVersionJson,
  );
}
