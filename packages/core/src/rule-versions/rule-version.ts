import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { ruleDefinitionJson, type RuleDefinitionJson } from "../rule-definitions/index.ts";
import type { RuleVersionJson } from "./version-schemas.ts";

export type RuleVersionRow = Prisma.AiRuleVersionModel;

/** Relies on ai_rule_version_pkey. Refuses as `not_found` a version that there is not. */
export async function readRuleVersion(
  tx: Tx,
  key: { tenantId: string; ruleId: string },
  version: number,
): Promise<RuleVersionRow> {
  const row = await tx.aiRuleVersion.findUnique({ where: { tenantId_ruleId_version: { ...key, version } } });
  if (row) return row;
  throw new DomainError("not_found", `There is no version ${version} of this rule.`);
}

export function toRuleVersionJson(row: RuleVersionRow): RuleVersionJson {
  const { version, createdBy, createdAt } = row;
  return { version, definition: definitionIn(row), createdBy, createdAt: createdAt.toISOString() };
}

/** What the rule said. It is kept as it was answered. */
export function definitionIn({ definition }: RuleVersionRow): RuleDefinitionJson {
  return ruleDefinitionJson.parse(definition);
}
