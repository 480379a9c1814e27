import { newId } from "@parley/runtime";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createLogFollower } from "./follow-log.ts";
import { compareUsage, proveUsage } from "./prove-usage.ts";
import { rebuildRollUps } from "./rebuild-roll-ups.ts";
import { openUsageDeskForEachTest, type UsageDesk } from "./usage-desk.fixture.ts";

let desk: UsageDesk;
openUsageDeskForEachTest((opened) => (desk = opened));

const PRICED = {
  ticketUnitPrice: "0.1",
  aiActionUnitPrice: "0.000001",
  autoReplyUnitPrice: "0.01",
  messageUnitPrice: "0.05",
  tokenThousandPrice: "0.0033",
};

type Step = {
  what: "ticket" | "rule" | "tokens" | "message" | "reply";
  ticket: number;
  amount: number;
  again: boolean;
};

const steps = fc.array(
  fc.record({
    what: fc.constantFrom<Step["what"]>("ticket", "rule", "tokens", "message", "reply"),
    ticket: fc.nat(3),
    amount: fc.integer({ min: 1, max: 900 }),
    again: fc.boolean(),
  }),
  { minLength: 1, maxLength: 25 },
);

async function happen(step: Step, tickets: readonly string[]): Promise<void> {
  const ticketId = tickets[step.ticket] ?? null;
  const about = { ticketId, actorType: "AI" as const };
  const event = await eventOf(step, about);
  await desk.tell(...(step.again ? [event, event] : [event]));
}

async function eventOf({ what, amount }: Step, about: { ticketId: string | null; actorType: "AI" }) {
  switch (what) {
    case "ticket":
      return { ...about, type: "TICKET_OPENED" as const };
    case "rule":
      return {
        ...about,
        type: "AI_RULE_EXECUTED" as const,
        data: { executionId: newId(), ruleId: newId(), actions: amount % 4 },
      };
    case "tokens":
      return {
        ...about,
        type: "AI_MODEL_CALLED" as const,
        data: { callId: newId(), task: "translate", inputTokens: amount, outputTokens: 1 },
      };
    case "message":
      return { ...about, type: "MESSAGE_SENT" as const, messageId: await desk.message() };
    case "reply":
      return { ...about, type: "AI_REPLY_SENT" as const, messageId: await desk.message() };
  }
}

test("sums that were kept along the way are those of the whole ledger, whatever happened", async () => {
  const { ctx, tenantId } = desk;
  await desk.agree(PRICED);
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 9 }), async (happening, pageSize) => {
      const tickets = [newId(), newId(), newId()];
      for (const step of happening) await happen(step, tickets);
      await desk.follow(createLogFollower(ctx, { pageSize }));
      const kept = await desk.rollUps();
      expect(await compareUsage(ctx, tenantId, "0")).toBeUndefined();
      await rebuildRollUps(ctx, tenantId);
      expect(await desk.rollUps()).toEqual(kept);
    }),
    { numRuns: 8 },
  );
});

test("a ticket has what was done for it, at the prices of the time", async () => {
  const { ctx, tenantId } = desk;
  await desk.agree(PRICED);
  const ticketId = newId();
  const about = { ticketId, actorType: "AI" as const };
  const ofAgent = await desk.message();
  await desk.tell(
    { ...about, type: "TICKET_OPENED" },
    { ...about, type: "MESSAGE_SENT", messageId: ofAgent },
    { ...about, type: "AI_REPLY_SENT", messageId: await desk.message() },
    { ...about, type: "AI_RULE_EXECUTED", data: { executionId: newId(), ruleId: newId(), actions: 2 } },
    { ...about, type: "AI_MODEL_CALLED", data: { callId: newId(), inputTokens: 999, outputTokens: 1 } },
  );
  await desk.follow();
  const [usage] = await ctx.database.withTenant(tenantId, (tx) =>
    tx.ticketBillingUsage.findMany({ where: { ticketId } }),
  );
  expect(usage).toMatchObject({
    aiActionsCount: 2n,
    humanMessagesCount: 1n,
    autoReplyCount: 1n,
    tokensUsed: 1_000n,
    billableUnits: 5n,
    finalized: false,
  });
  // 0.1 + 0.05 + 0.01 + 2 * 0.000001 + 0.0033
  expect(usage?.calculatedAmount.toFixed()).toBe("0.163302");
});

test("sums that differ from the ledger are told of and computed anew", async () => {
  const { ctx, tenantId } = desk;
  await desk.tell({ type: "TICKET_OPENED", actorType: "CUSTOMER", ticketId: newId() });
  await desk.follow();
  const right = await desk.rollUps();
  await ctx.database.withSystem((tx) => tx.usageDaily.updateMany({ where: { tenantId }, data: { quantity: 7n } }));
  await ctx.database.withSystem((tx) => tx.tenantQuotaUsage.deleteMany({ where: { tenantId } }));
  expect(await proveUsage(ctx, tenantId, "0")).toEqual({ tenantId, daily: 2, tickets: 0, quotas: 1, missing: 0 });
  expect(await desk.rollUps()).toEqual(right);
  const told = await ctx.database.withTenant(tenantId, (tx) =>
    tx.event.findMany({ where: { type: "BILLING_MISMATCH" } }),
  );
  expect(told.map(({ data }) => data)).toEqual([{ daily: 2, tickets: 0, quotas: 1, missing: 0 }]);
  expect(await proveUsage(ctx, tenantId, "0")).toBeUndefined();
});

test("what the log tells of and the ledger does not know is missed", async () => {
  const { ctx, tenantId } = desk;
  await desk.tell({ type: "TICKET_OPENED", actorType: "CUSTOMER", ticketId: newId() });
  // As if somebody had gone on without having counted.
  const { txid } = await ctx.database.withSystem((tx) =>
    tx.event.findFirstOrThrow({ where: { tenantId }, select: { txid: true } }),
  );
  await ctx.database.withSystem((tx) => tx.billingProgress.updateMany({ data: { txid: txid + 1n, seq: 0n } }));
  expect(await compareUsage(ctx, tenantId, "0")).toEqual({ tenantId, daily: 0, tickets: 0, quotas: 0, missing: 1 });
});
