import { HardLimitPolicy, sqlOf, type UsageMeter } from "@parley/db";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildTenant } from "@parley/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Subscription } from "../context/index.ts";
import { openPeriods } from "../billing-plans/index.ts";
import { LIMITED, type Limited } from "./stops.ts";
import { tryTakeAtOnce } from "./take-at-once.ts";
import { tryTakeUnits } from "./take-units.ts";

let ctx: TestContext<Subscription>;

beforeAll(async () => {
  ctx = await createTestContext<Subscription>();
});
afterAll(() => ctx.close());

const METERS: readonly UsageMeter[] = ["TICKETS", ...LIMITED];
const few = fc.nat(4);
const quota = fc.option(few, { nil: null, freq: 2 });
const policies = fc.constantFrom(...Object.values(HardLimitPolicy));

const companies = fc.record({
  quotas: fc.record({ ticketMonthlyQuota: quota, aiActionMonthlyQuota: quota, messageMonthlyQuota: quota }),
  hardLimitPercent: fc.constantFrom(80, 100, 150),
  hardLimitPolicy: policies,
  whenExhausted: policies.filter((policy) => policy !== "AUTO_RECHARGE"),
  maxRecharges: fc.nat(2),
  tickets: few,
  used: fc.record({ TICKETS: fc.constant(0), AI_ACTIONS: few, MESSAGES: few }),
  recharges: fc.array(fc.constantFrom(...METERS), { maxLength: 2 }),
  what: fc.constantFrom(...LIMITED),
  units: fc.integer({ min: 1, max: 3 }),
});
type Company = typeof companies extends fc.Arbitrary<infer T> ? T : never;

async function found(company: Company): Promise<string> {
  const { quotas, hardLimitPercent, hardLimitPolicy, whenExhausted, maxRecharges, tickets, used, recharges } = company;
  const { id: tenantId } = await buildTenant(ctx);
  const buys = hardLimitPolicy === "AUTO_RECHARGE";
  await ctx.database.withSystem(async (tx) => {
    await tx.tenantBillingPlan.create({
      data: {
        tenantId,
        id: newId(),
        validFrom: new Date("2020-01-01T00:00:00Z"),
        plan: "PRO",
        currency: "EUR",
        monthlyFee: "0",
        ...quotas,
        hardLimitPercent,
        hardLimitPolicy,
        ...(buys && { autoRechargeEnabled: true, whenExhausted, maxRechargesPerPeriod: maxRecharges }),
        autoRechargeUnits: 1,
      },
    });
    await openPeriods(sqlOf(tx), [{ tenantId, at: ctx.clock.now() }]);
    const { startsOn: period } = await tx.billingPeriod.findFirstOrThrow({ where: { tenantId } });
    await tx.tenant.update({ where: { id: tenantId }, data: { lastTicketNumber: tickets } });
    await tx.quotaMeter.createMany({
      data: METERS.map((meter) => {
        const recharged = recharges.filter((each) => each === meter).length;
        return { tenantId, period, meter, used: used[meter], recharged };
      }),
    });
    const one = { tenantId, period, units: 1, unitPrice: "1", currency: "EUR", createdAt: ctx.clock.now() };
    await tx.quotaRecharge.createMany({
      data: recharges.map((meter, place) => ({ ...one, meter, number: place + 1 })),
    });
  });
  return tenantId;
}

class TakenBack extends Error {}

/** What `work` comes to in a transaction that is rolled back. */
async function inVain<T>(tenantId: string, work: (tx: Parameters<typeof tryTakeUnits>[1]) => Promise<T>): Promise<T> {
  let outcome: { value: T } | undefined;
  const lost = ctx.database.withTenant(tenantId, async (tx) => {
    outcome = { value: await work(tx) };
    throw new TakenBack();
  });
  await expect(lost).rejects.toThrow(TakenBack);
  if (!outcome) throw new Error("nothing came of it");
  return outcome.value;
}

const wantedOf = (tenantId: string, meter: Limited, units: number) => ({
  tenantId,
  meter,
  units,
  ...(meter === "MESSAGES" && { messageId: newId() }),
});

test("what is taken at once is never what the whole question would have refused", async () => {
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(companies, async (company) => {
      const tenantId = await found(company);
      const wanted = wantedOf(tenantId, company.what, company.units);
      const atOnce = await inVain(tenantId, (tx) => tryTakeAtOnce(sqlOf(tx), wanted, ctx.clock.now()));
      const stop = await inVain(tenantId, (tx) => tryTakeUnits(ctx, tx, { ...wanted, mayHold: true }));
      outcomes.add(`${atOnce} ${stop === null}`);
      if (atOnce) expect(stop).toBeNull();
    }),
    { numRuns: 120 },
  );
  expect(outcomes).toContain("true true");
  expect(outcomes).toContain("false false");
});
