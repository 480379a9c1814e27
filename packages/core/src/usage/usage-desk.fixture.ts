import type { Prisma } from "@parley/db";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import {
  buildConversation,
  buildMessage,
  buildTenant,
  buildUser,
  waitUntil,
  type BuiltConversation,
} from "@parley/testing";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { Subscription } from "../context/index.ts";
import { publishEvents, type NewEvent } from "../events/index.ts";
import { mailQueue } from "../mail/index.ts";
import type { LogReader } from "../log-readers/index.ts";
import { createLogFollower } from "./follow-log.ts";

export type UsageRow = Prisma.UsageEventGetPayload<object>;

/** A company with an agent and a conversation, in whose log things happen. */
export interface UsageDesk {
  ctx: TestContext<Subscription>;
  tenantId: string;
  agentId: string;
  conversation: BuiltConversation;
  /** Something happens, in a transaction of its own. */
  tell(...events: Omit<NewEvent, "tenantId">[]): Promise<void>;
  /** One of ours that was tried once. */
  message(columns?: Partial<Prisma.MessageUncheckedCreateInput>): Promise<string>;
  /** Brings the ledger up to all that has happened so far. */
  follow(follower?: LogReader): Promise<void>;
  ledger(): Promise<UsageRow[]>;
  rollUps(): Promise<unknown>;
  /** Gives the company other terms, since ever. */
  agree(terms: Partial<Prisma.TenantBillingPlanUncheckedCreateInput>): Promise<void>;
}

/** One context for a suite, and a company of its own for each test. */
export function openUsageDeskForEachTest(use: (desk: UsageDesk) => void): void {
  let ctx: TestContext<Subscription>;
  beforeAll(async () => {
    ctx = await createTestContext<Subscription>({ queues: [mailQueue] });
  });
  afterAll(() => ctx.close());
  beforeEach(async () => {
    use(await openUsageDesk(ctx));
  });
}

async function openUsageDesk(ctx: TestContext<Subscription>): Promise<UsageDesk> {
  const { database } = ctx;
  const { id: tenantId } = await buildTenant(ctx);
  const { id: agentId } = await buildUser(ctx, { tenantId });
  const conversation = await buildConversation(ctx, { tenantId });
  return {
    ctx,
    tenantId,
    agentId,
    conversation,
    tell: (...events) =>
      database.withTenant(tenantId, (tx) =>
        publishEvents(
          ctx,
          tx,
          events.map((event) => ({ tenantId, ...event })),
        ),
      ),
    async message(columns = {}) {
      const own = { direction: "OUTBOUND" as const, attempts: 1, senderId: agentId };
      return (await buildMessage(ctx, conversation, { ...own, ...columns })).id;
    },
    follow: (follower = createLogFollower(ctx)) => followAll(ctx, follower),
    ledger: () =>
      database.withTenant(tenantId, (tx) => tx.usageEvent.findMany({ where: { tenantId }, orderBy: { id: "asc" } })),
    rollUps: () => readRollUps(ctx, tenantId),
    agree: (terms) => agree(ctx, tenantId, terms),
  };
}

/** The follower stops before the oldest transaction that is open, whosever that is. */
async function followAll(ctx: TestContext<Subscription>, follower: LogReader): Promise<void> {
  const { _max: newest } = await ctx.database.withSystem((tx) => tx.event.aggregate({ _max: { txid: true } }));
  await waitUntil(async () => {
    while (await follower.follow());
    const { txid } = await ctx.database.withSystem((tx) => tx.billingProgress.findUniqueOrThrow({ where: { id: 1 } }));
    return txid > (newest.txid ?? 0n);
  }, "the log is followed to its end");
}

/** What was summed up, but for when. */
function readRollUps(ctx: TestContext<Subscription>, tenantId: string): Promise<unknown> {
  return ctx.database.withTenant(tenantId, async (tx) => ({
    daily: await tx.usageDaily.findMany({
      where: { tenantId },
      orderBy: [
        { period: "asc" },
        { day: "asc" },
        { kind: "asc" },
        { channel: "asc" },
        { category: "asc" },
        { agentId: "asc" },
        { ruleId: "asc" },
      ],
    }),
    tickets: (
      await tx.ticketBillingUsage.findMany({
        where: { tenantId },
        orderBy: [{ ticketId: "asc" }, { period: "asc" }],
        omit: { updatedAt: true },
      })
    ).map(({ calculatedAmount, ...row }) => ({ ...row, calculatedAmount: calculatedAmount.toFixed(9) })),
    quotas: await tx.tenantQuotaUsage.findMany({
      where: { tenantId },
      orderBy: { period: "asc" },
      omit: { lastUpdatedAt: true },
    }),
  }));
}

async function agree(
  ctx: TestContext<Subscription>,
  tenantId: string,
  terms: Partial<Prisma.TenantBillingPlanUncheckedCreateInput>,
): Promise<void> {
  await ctx.database.withSystem(async (tx) => {
    await tx.tenantBillingPlan.deleteMany({ where: { tenantId } });
    await tx.tenantBillingPlan.create({
      data: {
        tenantId,
        id: newId(),
        validFrom: new Date("2020-01-01T00:00:00Z"),
        plan: "PRO",
        currency: "EUR",
        monthlyFee: "0",
        hardLimitPolicy: "OVERAGE",
        ...terms,
      },
    });
  });
}
