import { Prisma, type Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { noSuchRule, plainPartsOf, toDefinitionJson, type RuleRow } from "./rule-row.ts";
import type { RuleDefinition } from "./schemas.ts";

/** What a rule says, as its columns hold it. */
export function toRuleColumns(definition: RuleDefinition) {
  const { schedule, conditions, actions } = toDefinitionJson(definition);
  return {
    ...plainPartsOf(definition),
    schedule: schedule === null ? Prisma.DbNull : toJsonColumn(schedule),
    conditions: toJsonColumn(conditions),
    actions: toJsonColumn(actions),
  };
}

/** The same as one value, for its version. */
export function toDefinitionColumn(definition: RuleDefinition): Prisma.InputJsonValue {
  return toJsonColumn(toDefinitionJson(definition));
}

function toJsonColumn(value: object): Prisma.InputJsonValue {
  // JSON, so that what is undefined is absent.
  return JSON.parse(JSON.stringify(value)) as Prisma.InputJsonValue;
}

/** Relies on ai_rule_pkey. */
export async function readRule(tx: Tx, tenantId: string, id: string): Promise<RuleRow> {
  const rule = await tx.aiRule.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!rule) throw noSuchRule();
  return rule;
}

/** The same, locked until the transaction ends, so that nobody changes it meanwhile. */
export async function readLockedRule(tx: Tx, tenantId: string, id: string): Promise<RuleRow> {
  await tx.$executeRaw`select from ai_rule where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for update`;
  return readRule(tx, tenantId, id);
}

export function ruleNameTaken(): DomainError {
  return new DomainError("conflict", "A rule of this name exists already; change that one, or choose another name.");
}
