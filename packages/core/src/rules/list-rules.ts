import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { toRuleJson, type ListRulesQuery, type RuleJson } from "../rule-definitions/index.ts";
import { containsText } from "../search/index.ts";

/** Newest first; ids are time-ordered. Relies on ai_rule_pkey; there are at most some hundreds. */
export async function listRules(ctx: RequestContext, query: ListRulesQuery): Promise<Page<RuleJson>> {
  const tenantId = authorize(ctx, "ai_rules.read");
  const { trigger, isActive, search, limit } = query;
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.aiRule.findMany({
      where: {
        tenantId,
        trigger,
        isActive,
        ...(search === undefined ? {} : { name: containsText(search) }),
        ...(before === undefined ? {} : { id: { lt: before } }),
      },
      orderBy: { id: "desc" },
      take: rowsToRead(limit),
    }),
  );
  return mapPage(
    cutPage(rows, limit, (rule) => [rule.id]),
    toRuleJson,
  );
}
