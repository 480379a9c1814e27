import { Prisma, type AiExecutionOutcome } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { readSkips } from "./read-skips.ts";
import { toExecutionJson, type ExecutionJson, type ListExecutionsQuery } from "./execution-json.ts";

/**
 * What rules did and why they did not, newest first; ids are time-ordered. They stand in two tables, of which each is read in
 * this order: what was skipped with others of its event has a row with them.
 */
export async function listExecutions(ctx: RequestContext, query: ListExecutionsQuery): Promise<Page<ExecutionJson>> {
  const tenantId = authorize(ctx, "ai_rules.read");
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, async (tx) => {
    const { outcome = "SKIPPED", limit } = query;
    const skips =
      outcome === "SKIPPED" ? await readSkips(tx, tenantId, query, { before, limit: rowsToRead(limit) }) : [];
    const found = await tx.$queryRaw<{ id: string }[]>(selectExecutions(tenantId, query, before));
    const executions = await tx.aiRuleExecution.findMany({
      where: { tenantId, id: { in: found.map(({ id }) => id) } },
    });
    return [...executions, ...skips].toSorted((one, other) => (one.id < other.id ? 1 : -1));
  });
  return mapPage(
    cutPage(rows, query.limit, (execution) => [execution.id]),
    toExecutionJson,
  );
}

/** The ids of a page of those that have a row each. Relies on ai_rule_execution_pkey, or on the index of the filter. */
export function selectExecutions(tenantId: string, query: ListExecutionsQuery, before: string | undefined): Prisma.Sql {
  return Prisma.sql`
    select id from ai_rule_execution
     where ${Prisma.join(conditions(tenantId, query, before), " and ")}
     order by id desc limit ${rowsToRead(query.limit)}`;
}

/** Said in so many words: of a parameter a plan cannot know that it is what an index is of. */
const HAS_OUTCOME: Readonly<Record<AiExecutionOutcome, Prisma.Sql>> = {
  SKIPPED: Prisma.sql`outcome = 'SKIPPED'`,
  SUGGESTED: Prisma.sql`outcome = 'SUGGESTED'`,
  SUCCESS: Prisma.sql`outcome = 'SUCCESS'`,
  FAILED: Prisma.sql`outcome = 'FAILED'`,
};

function conditions(
  tenantId: string,
  { ruleId, ticketId, conversationId, outcome }: ListExecutionsQuery,
  before: string | undefined,
): Prisma.Sql[] {
  return [
    Prisma.sql`tenant_id = ${tenantId}::uuid`,
    ...(before === undefined ? [] : [Prisma.sql`id < ${before}::uuid`]),
    ...(ruleId === undefined ? [] : [Prisma.sql`rule_id = ${ruleId}::uuid`]),
    ...(ticketId === undefined ? [] : [Prisma.sql`ticket_id = ${ticketId}::uuid`]),
    ...(conversationId === undefined ? [] : [Prisma.sql`conversation_id = ${conversationId}::uuid`]),
    ...(outcome === undefined ? [] : [HAS_OUTCOME[outcome]]),
  ];
}
