import type { TenantPlan } from "@parley/db";
import { sqlOf } from "@parley/db";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { buildTenant, buildUser, virtualClock } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RequestContext } from "../context/index.ts";
import { changeTenant, createTenant } from "../tenants/index.ts";
import { changeBillingPlan } from "./change-billing-plan.ts";
import { DEFAULT_PLANS } from "./default-plans.ts";
import { keepBilling } from "./keep-billing.ts";
import { listBillingPlans } from "./list-billing-plans.ts";
import { openPeriods } from "./open-periods.ts";
import { showBillingPlan } from "./show-billing-plan.ts";

const NOW = new Date("2027-03-15T12:00:00Z");
const DAY_MS = 24 * 3_600_000;

let ctx: TestContext;
let tenantId: string;
let admin: RequestContext;
let owner: RequestContext;

beforeAll(async () => {
  ctx = await createTestContext({ queues: [], clock: virtualClock(NOW) });
});
afterAll(() => ctx.close());
beforeEach(async () => {
  ctx.clock.set(NOW);
  tenantId = (await buildTenant(ctx)).id;
  const { id: userId } = await buildUser(ctx, { isSuperAdmin: true });
  admin = actingAs(ctx, { userId, tenantId, role: null, isSuperAdmin: true });
  owner = actingAs(ctx, { userId: (await buildUser(ctx, { tenantId, role: "OWNER" })).id, tenantId, role: "OWNER" });
});

const plans = () =>
  ctx.database.withTenant(tenantId, (tx) => tx.tenantBillingPlan.findMany({ orderBy: { validFrom: "asc" } }));
const periods = () =>
  ctx.database.withTenant(tenantId, (tx) => tx.billingPeriod.findMany({ orderBy: { startsOn: "asc" } }));
const open = (...days: string[]) =>
  ctx.database.withSystem((tx) =>
    openPeriods(
      sqlOf(tx),
      days.map((day) => ({ tenantId, at: new Date(`${day}T12:00:00Z`) })),
    ),
  );
const months = async () => (await periods()).map(({ startsOn }) => startsOn.toISOString().slice(0, 7));

describe("a company's plan", () => {
  test("is the default of its plan from its creation on, and follows it", async () => {
    const { id } = await createTenant(admin, { name: "Example", plan: "STARTER" });
    const own = { where: { tenantId: id }, orderBy: { validFrom: "asc" } } as const;
    const read = () => ctx.database.withTenant(id, (tx) => tx.tenantBillingPlan.findMany(own));
    expect(await read()).toMatchObject([{ plan: "STARTER", validTo: null, ticketMonthlyQuota: 500 }]);
    ctx.clock.advance(DAY_MS);
    await changeTenant(admin, { id, plan: "PRO" });
    const [before, after] = await read();
    expect(before?.validTo).toEqual(after?.validFrom);
    expect(after).toMatchObject({ plan: "PRO", validTo: null, hardLimitPolicy: "AUTO_RECHARGE" });
  });

  test("is given to those that were there before there were plans, once", async () => {
    await Promise.all([keepBilling(ctx), keepBilling(ctx), keepBilling(ctx)]);
    expect(await plans()).toMatchObject([{ plan: "DEV", currency: DEFAULT_PLANS.DEV.currency }]);
    expect(await months()).toEqual(["2027-03"]);
  });

  test("changes from now on; what it was before stays on record", async () => {
    await changeBillingPlan(admin, { ticketMonthlyQuota: 10, ticketUnitPrice: "0.5" });
    ctx.clock.advance(DAY_MS);
    const changed = await changeBillingPlan(admin, { ticketUnitPrice: "0.123456" });
    expect(changed).toMatchObject({ ticketMonthlyQuota: 10, ticketUnitPrice: "0.123456", validTo: null });
    expect(await showBillingPlan(owner)).toEqual(changed);
    const { data } = await listBillingPlans(owner, { limit: 2 });
    expect(data.map(({ ticketUnitPrice, validTo }) => [ticketUnitPrice, validTo])).toEqual([
      ["0.123456", null],
      ["0.5", changed.validFrom],
    ]);
  });

  test("changes at a time to come, unless something else is said until then", async () => {
    const validFrom = new Date(NOW.getTime() + 10 * DAY_MS);
    await changeBillingPlan(admin, { validFrom, monthlyFee: "10" });
    expect(await showBillingPlan(owner)).toMatchObject({ monthlyFee: "0", validTo: validFrom.toISOString() });
    ctx.clock.set(validFrom);
    expect(await showBillingPlan(owner)).toMatchObject({ monthlyFee: "10" });
    ctx.clock.set(NOW);
    await changeBillingPlan(admin, { monthlyFee: "20" });
    ctx.clock.set(validFrom);
    expect(await showBillingPlan(owner)).toMatchObject({ monthlyFee: "20", validTo: null });
  });

  test("has one row until further notice, however many change it at once", async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_empty, fee) => changeBillingPlan(admin, { monthlyFee: String(fee) })),
    );
    const rows = await plans();
    expect(rows.filter(({ validTo }) => validTo === null)).toHaveLength(1);
    rows.slice(1).forEach(({ validFrom }, index) => expect(rows[index]?.validTo).toEqual(validFrom));
  });

  test.each([
    [{ autoRechargeEnabled: true }, "autoRechargeEnabled"],
    [{ hardLimitPolicy: "AUTO_RECHARGE" as const }, "hardLimitPolicy"],
    [{ hardLimitPolicy: "AUTO_RECHARGE" as const, autoRechargeEnabled: true }, "whenExhausted"],
    [{ whenExhausted: "OVERAGE" as const }, "whenExhausted"],
    [{ softLimitPercent: 90, hardLimitPercent: 80 }, "softLimitPercent"],
    [{ validFrom: new Date(NOW.getTime() - 1) }, "validFrom"],
    [{ plan: "PRO" as TenantPlan, validFrom: new Date(NOW.getTime() + DAY_MS) }, "plan"],
  ])("is not changed to %j, which contradicts itself", async (change, path) => {
    await expect(changeBillingPlan(admin, change)).rejects.toMatchObject({
      code: "validation_failed",
      fields: [{ path }],
    });
  });

  test("changes its currency with a period only", async () => {
    await open("2027-03-15");
    const [march] = await periods();
    await expect(changeBillingPlan(admin, { currency: "USD" })).rejects.toThrow(
      `give validFrom ${march?.endsAt.toISOString()}`,
    );
    const changed = await changeBillingPlan(admin, { currency: "USD", ...(march && { validFrom: march.endsAt }) });
    expect(changed).toMatchObject({ currency: "USD", validFrom: march?.endsAt.toISOString() });
  });

  test.each(["2027-03-20", "2027-04-15"])(
    "does not change its currency on %s, before and after the month that is known",
    async (day) => {
      const validFrom = new Date(`${day}T00:00:00Z`);
      await expect(changeBillingPlan(admin, { currency: "USD", validFrom })).rejects.toThrow(
        "give validFrom 2027-04-01T00:00:00.000Z",
      );
    },
  );

  test("keeps its currency when the plan is another one", async () => {
    await changeBillingPlan(admin, { currency: "USD", validFrom: new Date("2027-04-01T00:00:00Z") });
    ctx.clock.set(new Date("2027-04-10T12:00:00Z"));
    expect(await changeBillingPlan(admin, { plan: "PRO" })).toMatchObject({
      plan: "pro",
      currency: "USD",
      monthlyFee: "199",
    });
  });

  test("is not the company's own to change", async () => {
    await expect(changeBillingPlan(owner, { monthlyFee: "0" })).rejects.toMatchObject({ code: "forbidden" });
    const own = ctx.database.withTenant(tenantId, (tx) => tx.tenantBillingPlan.deleteMany({ where: { tenantId } }));
    await expect(own).rejects.toThrow(/permission denied/);
  });
});

describe("periods", () => {
  test("are the months of the tenant's zone, through changes of its clock", async () => {
    await ctx.database.withSystem((tx) =>
      tx.tenant.update({ where: { id: tenantId }, data: { timeZone: "Europe/Paris" } }),
    );
    await open("2027-03-15", "2027-04-15");
    expect((await periods()).map(({ startsAt, endsAt }) => [startsAt.toISOString(), endsAt.toISOString()])).toEqual([
      ["2027-02-28T23:00:00.000Z", "2027-03-31T22:00:00.000Z"],
      ["2027-03-31T22:00:00.000Z", "2027-04-30T22:00:00.000Z"],
    ]);
  });

  test("have no gaps where nothing happened, and stay as they were opened when the zone changes", async () => {
    await open("2027-01-10");
    await ctx.database.withSystem((tx) =>
      tx.tenant.update({ where: { id: tenantId }, data: { timeZone: "Pacific/Auckland" } }),
    );
    await Promise.all([open("2027-04-10"), open("2027-04-10"), open("2027-03-10")]);
    expect(await months()).toEqual(["2027-01", "2027-02", "2027-03", "2027-04"]);
    const all = await periods();
    expect(all[0]).toMatchObject({ timeZone: "UTC", endsAt: new Date("2027-02-01T00:00:00Z") });
    all.slice(1).forEach(({ startsAt }, index) => expect(startsAt).toEqual(all[index]?.endsAt));
    expect(all[1]?.endsAt).toEqual(new Date("2027-02-28T11:00:00Z"));
  });
});
