import { createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildTenant, runAsOwner } from "@parley/testing";
import { Prisma } from "@parley/db";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listExecutionsQuery } from "./execution-json.ts";
import { selectExecutions } from "./list-executions.ts";
import { selectSkips } from "./read-skips.ts";

let ctx: TestContext;
let tenantId: string;

const OUTCOMES = ["FAILED", "SUCCESS", "SUGGESTED"];
const RULES = Array.from({ length: 50 }, newId);
const PLACES = Array.from({ length: 500 }, newId);

/** Several companies whose rules were asked often and seldom did anything, and what PostgreSQL knows of it. */
beforeAll(async () => {
  ctx = await createTestContext();
  for (let company = 0; company < 4; company += 1) {
    tenantId = (await buildTenant(ctx)).id;
    await ctx.database.withSystem(async (tx) => {
      await tx.$executeRaw`
        insert into ai_skipped_rules (tenant_id, id, event_seq, trigger, rule_ids, details, ticket_id, conversation_id)
        select ${tenantId}::uuid, (left(${newId()}, 24) || lpad(to_hex(n), 8, '0') || '0000')::uuid, n,
               case when n % 500 = 0 then 'TICKET_OPENED' else 'INCOMING_MESSAGE' end,
               ${RULES.slice(0, 2)}::uuid[], '[[1, "condition", "all.0"], [1, "condition", "all.0"]]', place, place
          from generate_series(1, 5000) as n, lateral (select (${PLACES}::uuid[])[n % ${PLACES.length} + 1] as place) p`;
      await tx.$executeRaw`
        insert into ai_rule_execution (tenant_id, id, rule_id, version, event_seq, trigger, outcome, ticket_id, conversation_id)
        select ${tenantId}::uuid, (left(${newId()}, 24) || lpad(to_hex(n), 12, '0'))::uuid,
               (${RULES}::uuid[])[n % ${RULES.length} + 1], 1, n, 'INCOMING_MESSAGE',
               case when n % 20 <> 0 then 'SKIPPED' else (${OUTCOMES}::text[])[n / 20 % 3 + 1] end::ai_execution_outcome,
               place, place
          from generate_series(1, 5000) as n, lateral (select (${PLACES}::uuid[])[n % ${PLACES.length} + 1] as place) p`;
    });
  }
  await runAsOwner(ctx.urls, "analyze");
});
afterAll(() => ctx.close());

/** The indexes by which PostgreSQL would answer the role that requests have. */
async function indexesOf(query: Prisma.Sql): Promise<string[]> {
  const lines = await ctx.database.withTenant(tenantId, (tx) =>
    tx.$queryRaw<{ "QUERY PLAN": string }[]>(Prisma.sql`explain ${query}`),
  );
  const plan = lines.map((line) => line["QUERY PLAN"]).join("\n");
  // Of what stands together in a row only that is sorted.
  expect(plan).not.toMatch(/(?<!Incremental )Sort {2}/);
  return [...plan.matchAll(/Scan (?:Backward )?using (\w+_(?:idx|pkey))/g)].map(([, index = ""]) => index);
}

test.each<[object, string]>([
  [{}, "ai_rule_execution_pkey"],
  [{ outcome: "skipped" }, "ai_rule_execution_pkey"],
  [{ outcome: "suggested" }, "ai_rule_execution_suggested_idx"],
  [{ outcome: "success" }, "ai_rule_execution_success_idx"],
  [{ outcome: "failed" }, "ai_rule_execution_failed_idx"],
  [{ ruleId: RULES[0] }, "ai_rule_execution_tenant_id_rule_id_id_idx"],
  [{ ticketId: PLACES[0] }, "ai_rule_execution_ticket_idx"],
  [{ conversationId: PLACES[0] }, "ai_rule_execution_tenant_id_conversation_id_id_idx"],
])(
  "under row-level security a page of %j is read in its order from the index that is meant for it",
  async (query, index) => {
    const parsed = listExecutionsQuery.parse(query);
    expect(await indexesOf(selectExecutions(tenantId, parsed, newId()))).toEqual([index]);
  },
);

test.each<[Parameters<typeof selectSkips>[1], string]>([
  [{ triggers: [] }, "ai_skipped_rules_pkey"],
  [{ triggers: ["TICKET_OPENED"], ruleId: RULES[0] }, "ai_skipped_rules_tenant_id_trigger_id_idx"],
  [{ triggers: [], ticketId: PLACES[0] }, "ai_skipped_rules_ticket_idx"],
  [{ triggers: [], conversationId: PLACES[0] }, "ai_skipped_rules_tenant_id_conversation_id_id_idx"],
])("so is a page of what was skipped together: %j", async (filter, index) => {
  const page = { before: newId(), limit: 51 };
  expect(await indexesOf(selectSkips(tenantId, filter, page))).toEqual([index]);
});
