import type { UsageKind } from "@parley/db";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildTenant, buildUser, virtualClock } from "@parley/testing";
import { toPeriodDate } from "../billing-periods/index.ts";
import type { RequestContext, Subscription } from "../context/index.ts";

const DAY_MS = 24 * 3_600_000;
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** What somebody used, as the ledger has it. */
export interface Used {
  kind: UsageKind;
  quantity: bigint;
  at: Date;
  /** In which it is charged. */
  period: string;
  ticketId?: string;
}

/** A company in the middle of March 2026 with a plan and the months from January on. */
export interface BillingOffice {
  ctx: TestContext<Subscription>;
  tenantId: string;
  /** Its owner, and the platform's administrator who works in it. */
  owner: RequestContext;
  admin: RequestContext;
  use(used: readonly Used[]): Promise<void>;
  close(): Promise<void>;
}

const PLAN = {
  plan: "PRO",
  currency: "EUR",
  monthlyFee: "31",
  ticketMonthlyQuota: 10,
  softLimitPercent: 80,
  hardLimitPercent: 100,
  hardLimitPolicy: "OVERAGE",
  ticketUnitPrice: "0.5",
  aiActionUnitPrice: "0.0125",
  autoReplyUnitPrice: "0.01",
  campaignRecipientUnitPrice: "0.015",
  tokenThousandPrice: "0.003",
} as const;

export async function openBillingOffice(): Promise<BillingOffice> {
  const ctx = await createTestContext<Subscription>({ clock: virtualClock(new Date("2026-03-15T12:00:00Z")) });
  const office = { ctx, ...(await foundCompany(ctx)) };
  return { ...office, close: () => ctx.close() };
}

/** A further company. */
export async function foundCompany(ctx: TestContext<Subscription>): Promise<Omit<BillingOffice, "ctx" | "close">> {
  const { id: tenantId } = await buildTenant(ctx);
  const [owner, administrator] = [
    await buildUser(ctx, { tenantId, role: "OWNER" }),
    await buildUser(ctx, { isSuperAdmin: true }),
  ];
  const months = ["2026-01", "2026-02", "2026-03", "2026-04"].map(toPeriodDate);
  await ctx.database.withSystem(async (tx) => {
    await tx.tenantBillingPlan.create({
      data: { tenantId, id: newId(), validFrom: new Date("2026-01-01T00:00:00Z"), ...PLAN },
    });
    await tx.billingPeriod.createMany({
      data: months.slice(0, -1).map((startsOn, place) => ({
        tenantId,
        startsOn,
        startsAt: startsOn,
        endsAt: months[place + 1] ?? startsOn,
        timeZone: "UTC",
        ticketsBefore: 0n,
      })),
    });
  });
  return {
    tenantId,
    owner: actingAs(ctx, { userId: owner.id, tenantId, role: "OWNER" }),
    admin: actingAs(ctx, { userId: administrator.id, tenantId, role: null, isSuperAdmin: true }),
    use: (used) => use(ctx, tenantId, used),
  };
}

/** Writes the ledger and what is summed up by day; it may run many times at once. */
async function use(ctx: TestContext<Subscription>, tenantId: string, used: readonly Used[]): Promise<void> {
  await ctx.database.withSystem(async (tx) => {
    await tx.usageEvent.createMany({
      data: used.map(({ kind, quantity, at, period, ticketId }) => ({
        tenantId,
        kind,
        quantity,
        occurredAt: at,
        period: toPeriodDate(period),
        cause: newId(),
        eventTxid: 1n,
        eventSeq: 1n,
        ticketId,
      })),
    });
    const days = used.map(({ at }) => new Date(Math.floor(at.getTime() / DAY_MS) * DAY_MS));
    await tx.$executeRaw`
      insert into usage_daily as d (tenant_id, period, day, kind, agent_id, rule_id, quantity)
      select ${tenantId}::uuid, u.period, u.day, u.kind::usage_kind, ${NOBODY}::uuid, ${NOBODY}::uuid, sum(u.quantity)
        from unnest(${used.map(({ period }) => `${period}-01`)}::date[], ${days}::date[],
                    ${used.map(({ kind }) => kind)}::text[], ${used.map(({ quantity }) => quantity)}::bigint[])
             as u (period, day, kind, quantity)
       group by 2, 3, 4
          on conflict (tenant_id, period, day, kind, channel, category, agent_id, rule_id)
          do update set quantity = d.quantity + excluded.quantity`;
  });
}
