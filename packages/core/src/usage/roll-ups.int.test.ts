import { newId } from "@parley/runtime";
import fc from "fast-check";
import { waitForLocks } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { followAgain } from "./follow-again.ts";
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
  campaignRecipientUnitPrice: "0.015",
  tokenThousandPrice: "0.0033",
  mediaGigabytePrice: "0.25",
};

type Step = {
  what: "ticket" | "rule" | "tokens" | "message" | "reply" | "campaign" | "file";
  ticket: number;
  amount: number;
  again: boolean;
};

const steps = fc.array(
  fc.record({
    what: fc.constantFrom<Step["what"]>("ticket", "rule", "tokens", "message", "reply", "campaign", "file"),
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
    case "campaign":
      return { ...about, type: "MESSAGE_SENT" as const, messageId: await messageOfCampaign(amount % 3) };
    case "file":
      return {
        ...about,
        type: "MEDIA_STORED" as const,
        messageId: await desk.message({ direction: "INBOUND" }),
        data: { attachmentId: newId(), size: (amount % 3) * 1_234_567 },
      };
    case "reply":
      return { ...about, type: "AI_REPLY_SENT" as const, messageId: await desk.message() };
  }
}

const RECIPIENTS = [newId(), newId(), newId()];

/** One of several to the same recipient. */
function messageOfCampaign(recipient: number): Promise<string> {
  return desk.message({ campaign: "Spring", campaignRecipientId: RECIPIENTS[recipient] ?? newId() });
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

const opened = () => ({ type: "TICKET_OPENED" as const, actorType: "CUSTOMER" as const, ticketId: newId() });

/** Four tickets are opened, of which somebody has gone on without having counted two. */
async function missTwo(): Promise<void> {
  const { ctx, tenantId } = desk;
  await desk.tell(opened());
  await desk.follow();
  await desk.tell(opened(), opened());
  const { txid } = await ctx.database.withSystem((tx) =>
    tx.event.findFirstOrThrow({ where: { tenantId }, select: { txid: true }, orderBy: { seq: "desc" } }),
  );
  await ctx.database.withSystem((tx) => tx.billingProgress.updateMany({ data: { txid: txid + 1n, seq: 0n } }));
  await desk.tell(opened());
  await desk.follow();
}

describe("what the log tells of and the ledger does not know", () => {
  test("is written and summed up when it is found, and told of", async () => {
    const { ctx, tenantId } = desk;
    await missTwo();
    const missing = { tenantId, daily: 0, tickets: 0, quotas: 0, missing: 2 };
    expect(await compareUsage(ctx, tenantId, "0")).toEqual(missing);
    expect(await proveUsage(ctx, tenantId, "0")).toEqual(missing);
    expect(await compareUsage(ctx, tenantId, "0")).toBeUndefined();
    expect(await desk.ledger()).toHaveLength(4);
    expect(await desk.rollUps()).toMatchObject({ quotas: [{ ticketsCount: 4n }] });
    const told = await ctx.database.withTenant(tenantId, (tx) =>
      tx.event.count({ where: { type: "BILLING_MISMATCH" } }),
    );
    expect(told).toBe(1);
  });

  test("is charged in the next month, if its own is closed", async () => {
    const { ctx, tenantId } = desk;
    await missTwo();
    await ctx.database.withSystem((tx) =>
      tx.billingPeriod.updateMany({ where: { tenantId }, data: { status: "CLOSED", closedAt: new Date() } }),
    );
    await proveUsage(ctx, tenantId, "0");
    const periods = (await desk.ledger()).map(({ period }) => period.getTime());
    expect(periods.map((period) => period > Math.min(...periods))).toEqual([false, false, true, true]);
    expect(await compareUsage(ctx, tenantId, "0")).toBeUndefined();
  });

  test("is written once, however many find it, while the log is followed", async () => {
    const { ctx, tenantId } = desk;
    await missTwo();
    await Promise.all([...Array.from({ length: 4 }, () => followAgain(ctx, tenantId, "0")), desk.follow()]);
    expect(await desk.ledger()).toHaveLength(4);
    expect(await compareUsage(ctx, tenantId, "0")).toBeUndefined();
  });

  test("is a recharge as well", async () => {
    const { ctx, tenantId } = desk;
    await desk.tell(opened());
    await desk.follow();
    const [period] = await ctx.database.withSystem((tx) => tx.billingPeriod.findMany({ where: { tenantId } }));
    await ctx.database.withSystem((tx) =>
      tx.quotaRecharge.create({
        data: {
          tenantId,
          period: period?.startsOn ?? new Date(),
          number: 1,
          meter: "TICKETS",
          units: 5,
          unitPrice: "1",
          currency: "EUR",
          createdAt: new Date(),
        },
      }),
    );
    const bought = { period: period?.startsOn.toISOString().slice(0, 10), number: 1 };
    await desk.tell({ type: "QUOTA_RECHARGED", actorType: "SYSTEM", data: bought });
    expect(await compareUsage(ctx, tenantId, "0")).toBeUndefined();
    await desk.follow();
    expect(await compareUsage(ctx, tenantId, "0")).toBeUndefined();
    await ctx.database.withSystem((tx) =>
      tx.tenantQuotaUsage.updateMany({ where: { tenantId }, data: { autoRecharges: 0 } }),
    );
    expect(await proveUsage(ctx, tenantId, "0")).toMatchObject({ quotas: 1 });
    expect(await desk.rollUps()).toMatchObject({ quotas: [{ autoRecharges: 1 }] });
  });
});

test("what tickets have used is final when their month is closed while sums are computed anew", async () => {
  const { ctx, tenantId } = desk;
  await desk.tell(opened());
  await desk.follow();
  const { both } = await ctx.database.withSystem(async (tx) => {
    // Holds up who computes the sums, in the middle.
    await tx.$queryRaw`select from tenant_quota_usage where tenant_id = ${tenantId}::uuid for update`;
    const rebuilding = rebuildRollUps(ctx, tenantId);
    await waitForLocks(ctx.database, 1);
    const closing = ctx.database.withSystem(async (closer) => {
      await closer.billingPeriod.updateMany({ where: { tenantId }, data: { status: "CLOSED", closedAt: new Date() } });
      await closer.ticketBillingUsage.updateMany({ where: { tenantId }, data: { finalized: true } });
    });
    await waitForLocks(ctx.database, 2);
    return { both: Promise.all([rebuilding, closing]) };
  });
  await both;
  expect(await desk.rollUps()).toMatchObject({ tickets: [{ finalized: true }] });
});
