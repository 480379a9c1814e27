import { createTestContext, type TestContext } from "@parley/queue/testing";
import { createArrivalIds } from "@parley/runtime";
import { buildTenant, virtualClock } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { forgetOldExecutions } from "./forget-old-executions.ts";

const DAY_MS = 86_400_000;

let ctx: TestContext;

beforeAll(async () => {
  ctx = await createTestContext();
});
afterAll(() => ctx.close());
beforeEach(() =>
  ctx.database.withSystem(async (tx) => {
    await tx.aiRuleExecution.deleteMany();
    await tx.aiSkippedRules.deleteMany();
  }),
);

let seq = 0n;

/** Executions of so many days ago, each with a receipt, and one that was skipped. */
async function seed(tenantId: string, days: readonly number[]): Promise<void> {
  for (const each of days) {
    const createdAt = new Date(ctx.clock.now().getTime() - each * DAY_MS);
    const id = createArrivalIds(virtualClock(createdAt))();
    seq += 1n;
    const row = { tenantId, id, ruleId: tenantId, version: 1, eventSeq: seq, trigger: "TICKET_OPENED" as const };
    await ctx.database.withSystem(async (tx) => {
      await tx.aiRuleExecution.create({ data: { ...row, outcome: "SUCCESS", createdAt } });
      await tx.aiSkippedRules.create({
        data: {
          tenantId,
          id: `${id.slice(0, -4)}0000`,
          eventSeq: seq,
          trigger: "TICKET_OPENED",
          ruleIds: [tenantId],
          details: [[1, "condition", "all.0"]],
        },
      });
      const receipt = { tenantId, executionId: id, position: 0, type: "add_tags", effect: {} };
      await tx.aiActionReceipt.create({ data: receipt });
    });
  }
}

/** Of how many days ago those are that are left; how many receipts; and how many that were skipped. */
async function left(tenantId: string): Promise<[number[], number, number]> {
  return ctx.database.withSystem(async (tx) => {
    const rows = await tx.aiRuleExecution.findMany({ where: { tenantId }, orderBy: { id: "desc" } });
    const days = rows.map(({ createdAt }) => (ctx.clock.now().getTime() - createdAt.getTime()) / DAY_MS);
    const where = { tenantId };
    return [days, await tx.aiActionReceipt.count({ where }), await tx.aiSkippedRules.count({ where })];
  });
}

const keeps = (tenantId: string, executionRetentionDays: number) =>
  ctx.database.withSystem((tx) => tx.aiSettings.create({ data: { tenantId, executionRetentionDays } }));

test("executions are kept as long as their tenant says, 30 days where it says nothing, and receipts go along", async () => {
  const [quiet, brief, long] = [await buildTenant(ctx), await buildTenant(ctx), await buildTenant(ctx)];
  await keeps(brief.id, 8);
  await keeps(long.id, 90);
  const days = [1, 7, 9, 29, 31, 89, 91];
  for (const { id } of [quiet, brief, long]) await seed(id, days);
  expect(await forgetOldExecutions(ctx)).toBe(2 * (3 + 5 + 1));
  expect(await left(quiet.id)).toEqual([[1, 7, 9, 29], 4, 4]);
  expect(await left(brief.id)).toEqual([[1, 7], 2, 2]);
  expect(await left(long.id)).toEqual([[1, 7, 9, 29, 31, 89], 6, 6]);
  expect(await forgetOldExecutions(ctx)).toBe(0);
});

test("many of one tenant are forgotten a batch at a time, all of them", async () => {
  const { id: tenantId } = await buildTenant(ctx);
  const createdAt = new Date(ctx.clock.now().getTime() - 40 * DAY_MS);
  const firstId = createArrivalIds(virtualClock(createdAt))();
  const many = 41_300;
  await ctx.database.withSystem(
    (tx) => tx.$executeRaw`
      insert into ai_rule_execution (tenant_id, id, rule_id, version, event_seq, trigger, outcome, created_at)
      select ${tenantId}::uuid, (left(${firstId}, 24) || lpad(to_hex(n), 12, '0'))::uuid, ${tenantId}::uuid, 1, 1000000 + n,
             'TICKET_OPENED', 'SKIPPED', ${createdAt}
        from generate_series(1, ${many}::int) as n`,
  );
  expect(await forgetOldExecutions(ctx)).toBe(many);
  expect(await left(tenantId)).toEqual([[], 0, 0]);
});
