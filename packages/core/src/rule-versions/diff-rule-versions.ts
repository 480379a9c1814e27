import { authorize, type RequestContext } from "../context/index.ts";
import { readRule } from "../rule-definitions/index.ts";
import { diffDefinitions } from "./diff-definitions.ts";
import { definitionIn, readRuleVersion } from "./rule-version.ts";
import type { DiffRuleVersionsQuery, RuleDiffJson } from "./version-schemas.ts";

/** What became different from one version of a rule to another, which may be older. */
export async function diffRuleVersions(
  ctx: RequestContext,
  query: DiffRuleVersionsQuery & { id: string },
): Promise<RuleDiffJson> {
  const tenantId = authorize(ctx, "ai_rules.read");
  const key = { tenantId, ruleId: query.id };
  return ctx.database.withTenant(tenantId, async (tx) => {
    const { version } = await readRule(tx, tenantId, query.id);
    const to = query.to ?? version;
    // The first version has none before it.
    const from = query.from ?? Math.max(1, to - 1);
    const [before, after] = [await readRuleVersion(tx, key, from), await readRuleVersion(tx, key, to)];
    return { from, to, changes: diffDefinitions(definitionIn(before), definitionIn(after)) };
  });
}
