import type { Prisma, UsageMeter } from "@parley/db";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildConversation, buildTenant, buildUser, type BuiltConversation } from "@parley/testing";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { RequestContext, Subscription } from "../context/index.ts";
import { mailQueue } from "../mail/index.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import { timerQueue } from "../timers/index.ts";
import { ingestQueue } from "../webhooks/index.ts";

type Terms = Partial<Prisma.TenantBillingPlanUncheckedCreateInput>;

/** A company with a plan, whose agent writes, and what is known of its limits. */
export interface QuotaDesk {
  ctx: TestContext<Subscription>;
  tenantId: string;
  agent: RequestContext;
  /** A conversation of its own for each call. */
  conversation(): Promise<BuiltConversation>;
  /** What the plan says; unlimited unless a quota is given. */
  agree(terms: Terms): Promise<void>;
  used(meter: UsageMeter): Promise<bigint>;
  recharges(): Promise<Prisma.QuotaRechargeGetPayload<object>[]>;
  told(type: string): Promise<unknown[]>;
}

/** One context for a suite, and a company of its own for each test. */
export function openQuotaDeskForEachTest(use: (desk: QuotaDesk) => void): void {
  let ctx: TestContext<Subscription>;
  beforeAll(async () => {
    ctx = await createTestContext<Subscription>({ queues: [ingestQueue, mailQueue, outboundQueue, timerQueue] });
  });
  afterAll(() => ctx.close());
  beforeEach(async () => {
    use(await openQuotaDesk(ctx));
  });
}

async function openQuotaDesk(ctx: TestContext<Subscription>): Promise<QuotaDesk> {
  const { database } = ctx;
  const { id: tenantId } = await buildTenant(ctx);
  const { id: userId } = await buildUser(ctx, { tenantId, role: "OWNER" });
  return {
    ctx,
    tenantId,
    agent: actingAs(ctx, { userId, tenantId, role: "OWNER" }),
    conversation: () => buildConversation(ctx, { tenantId }),
    agree: (terms) =>
      database.withSystem(async (tx) => {
        await tx.tenantBillingPlan.deleteMany({ where: { tenantId } });
        await tx.tenantBillingPlan.create({ data: { tenantId, id: newId(), ...UNLIMITED, ...terms } });
      }),
    async used(meter) {
      const rows = await database.withTenant(tenantId, (tx) => tx.quotaMeter.findMany({ where: { meter } }));
      return rows[0]?.used ?? 0n;
    },
    recharges: () => database.withTenant(tenantId, (tx) => tx.quotaRecharge.findMany({ orderBy: { number: "asc" } })),
    told: (type) =>
      database.withTenant(tenantId, (tx) => tx.event.findMany({ where: { type }, orderBy: { seq: "asc" } })),
  };
}

const UNLIMITED = {
  validFrom: new Date("2020-01-01T00:00:00Z"),
  plan: "PRO",
  currency: "EUR",
  monthlyFee: "0",
  hardLimitPolicy: "OVERAGE",
} as const;

/**
 * How many of so many at once went through, and with what the others were refused. What has waited for a connection in vain
 * is tried again.
 */
export async function outcomesOf(
  count: number,
  attempt: (index: number) => Promise<unknown>,
): Promise<{ done: number; refused: string[] }> {
  const patiently = async (index: number): Promise<unknown> => {
    try {
      return await attempt(index);
    } catch (error) {
      if (codeOf(error) !== WAITED_IN_VAIN) throw error;
      return patiently(index);
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: count }, (_empty, index) => patiently(index)));
  const refused = settled.flatMap((each) => (each.status === "rejected" ? [codeOf(each.reason)] : []));
  return { done: settled.length - refused.length, refused: [...new Set(refused)] };
}

/** Of Prisma, when a transaction could not begin, or not end, in time. */
const WAITED_IN_VAIN = "P2028";

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
