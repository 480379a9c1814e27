import { newId } from "@parley/runtime";
import { beforeEach, expect, test } from "vitest";
import { withRuleDesk, type RuleDesk } from "./rule-desk.fixture.ts";

let desk: RuleDesk;
withRuleDesk((opened) => (desk = opened));

beforeEach(() => desk.rule());

/** What the company's plan allows, since ever. */
async function allow(
  terms: { aiActionMonthlyQuota?: number; messageMonthlyQuota?: number },
  policy: "BLOCK_AI" | "BLOCK_OUTBOUND",
) {
  const { tenantId, ctx } = desk;
  const own = { plan: "PRO", currency: "EUR", monthlyFee: "0", hardLimitPolicy: policy } as const;
  await ctx.database.withSystem((tx) =>
    tx.tenantBillingPlan.create({
      data: { tenantId, id: newId(), validFrom: new Date("2020-01-01T00:00:00Z"), ...own, ...terms },
    }),
  );
}

test("a rule acts as long as the plan has room, then it is passed over and not suspended", async () => {
  await allow({ aiActionMonthlyQuota: 2 }, "BLOCK_AI");
  for (let time = 0; time < 8; time += 1) await desk.hear(`Hello ${time}`);
  const outcomes = await desk.executions();
  expect(outcomes.slice(0, 2)).toMatchObject([{ outcome: "SUCCESS" }, { outcome: "SUCCESS" }]);
  expect(outcomes.slice(2)).toEqual(
    Array.from({ length: 6 }, () => ({ outcome: "SKIPPED", reason: "quota_exceeded" })),
  );
  const [rule] = await desk.read((tx) => tx.aiRule.findMany());
  expect(rule).toMatchObject({ suspendedAt: null, failuresInARow: 0 });
  const told = await desk.events("AI_RULE_EXECUTED");
  expect(told.map(({ data }) => (data as { actions: number }).actions)).toEqual([1, 1]);
});

test("a rule that would send what the plan has no room for is passed over, and has done nothing", async () => {
  await allow({ messageMonthlyQuota: 0 }, "BLOCK_OUTBOUND");
  await desk.read((tx) => tx.aiRule.deleteMany());
  await desk.rule({
    actions: [
      { type: "send_reply", text: "We look into it." },
      { type: "add_tags", tags: ["seen"] },
    ],
  });
  await desk.hear("Where is my parcel?");
  await desk.turnEnds();
  expect(await desk.executions()).toEqual([{ outcome: "SKIPPED", reason: "quota_exceeded" }]);
  expect(await desk.said()).toEqual([]);
  expect((await desk.ticket()).tags).toEqual([]);
});
