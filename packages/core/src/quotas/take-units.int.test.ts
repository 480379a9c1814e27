import { newId } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import { openQuotaDeskForEachTest, outcomesOf, type QuotaDesk } from "./quota-desk.fixture.ts";
import { takeUnits } from "./take-units.ts";

let desk: QuotaDesk;
openQuotaDeskForEachTest((opened) => (desk = opened));

const take = (units = 1, meter: "AI_ACTIONS" | "MESSAGES" = "AI_ACTIONS") => {
  const { ctx, tenantId } = desk;
  const messageId = meter === "MESSAGES" ? { messageId: newId() } : {};
  return ctx.database.withTenant(tenantId, (tx) => takeUnits(ctx, tx, { tenantId, meter, units, ...messageId }));
};
const takeAtOnce = (count: number, units = 1, meter: "AI_ACTIONS" | "MESSAGES" = "AI_ACTIONS") =>
  outcomesOf(count, () => take(units, meter));

describe("a limit", () => {
  test.each(["AI_ACTIONS", "MESSAGES"] as const)(
    "of %s lets exactly what is left through of a hundred at once",
    async (meter) => {
      const quota = { aiActionMonthlyQuota: 37, messageMonthlyQuota: 37 };
      await desk.agree({ ...quota, hardLimitPolicy: "BLOCK_OUTBOUND" });
      expect(await takeAtOnce(100, 1, meter)).toEqual({ done: 37, refused: ["quota_exceeded"] });
      expect(await desk.used(meter)).toBe(37n);
      expect(await takeAtOnce(3, 1, meter)).toEqual({ done: 0, refused: ["quota_exceeded"] });
    },
  );

  test("is not exceeded by those who take several", async () => {
    await desk.agree({ aiActionMonthlyQuota: 20, hardLimitPolicy: "BLOCK_AI" });
    expect(await takeAtOnce(30, 3)).toEqual({ done: 6, refused: ["quota_exceeded"] });
    expect(await take(2)).toBeUndefined();
    await expect(take(1)).rejects.toMatchObject({ code: "quota_exceeded" });
  });

  test("counts nothing of a transaction that is taken back", async () => {
    const { ctx, tenantId } = desk;
    await desk.agree({ aiActionMonthlyQuota: 1, hardLimitPolicy: "BLOCK_AI" });
    const lost = ctx.database.withTenant(tenantId, async (tx) => {
      await takeUnits(ctx, tx, { tenantId, meter: "AI_ACTIONS", units: 1 });
      throw new Error("it was not to be");
    });
    await expect(lost).rejects.toThrow("it was not to be");
    await take();
    expect(await desk.used("AI_ACTIONS")).toBe(1n);
  });

  test("is higher or lower than the quota where the plan says so", async () => {
    await desk.agree({ aiActionMonthlyQuota: 10, hardLimitPercent: 150, hardLimitPolicy: "BLOCK_AI" });
    expect(await takeAtOnce(30)).toMatchObject({ done: 15 });
  });

  test("is there anew in the next month", async () => {
    await desk.agree({ aiActionMonthlyQuota: 2, hardLimitPolicy: "BLOCK_AI" });
    expect(await takeAtOnce(4)).toMatchObject({ done: 2 });
    desk.ctx.clock.advance(32 * 24 * 3_600_000);
    expect(await takeAtOnce(4)).toMatchObject({ done: 2 });
  });

  test.each([
    ["there is none", {}],
    ["nothing is refused beyond it", { aiActionMonthlyQuota: 1, messageMonthlyQuota: 1 }],
  ])("moves no counter where %s", async (_where, terms) => {
    await desk.agree({ ...terms, hardLimitPolicy: "OVERAGE" });
    expect(await takeAtOnce(5)).toMatchObject({ done: 5 });
    expect(await takeAtOnce(5, 1, "MESSAGES")).toMatchObject({ done: 5 });
    expect([await desk.used("AI_ACTIONS"), await desk.used("MESSAGES")]).toEqual([0n, 0n]);
  });
});

describe("a policy", () => {
  test("that blocks the AI leaves messages to people, and looks at every limit", async () => {
    await desk.agree({
      aiActionMonthlyQuota: 100,
      ticketMonthlyQuota: 0,
      messageMonthlyQuota: 1,
      hardLimitPolicy: "BLOCK_AI",
    });
    expect(await takeAtOnce(3, 1, "MESSAGES")).toMatchObject({ done: 3 });
    expect(await takeAtOnce(3)).toEqual({ done: 0, refused: ["quota_exceeded"] });
  });

  test("that blocks what is sent blocks it when the tickets are used up, and leaves the AI its own limit", async () => {
    await desk.agree({
      aiActionMonthlyQuota: 2,
      ticketMonthlyQuota: 0,
      messageMonthlyQuota: 9,
      hardLimitPolicy: "BLOCK_OUTBOUND",
    });
    expect(await takeAtOnce(3, 1, "MESSAGES")).toEqual({ done: 0, refused: ["quota_exceeded"] });
    expect(await takeAtOnce(3)).toMatchObject({ done: 2 });
  });
});

describe("a recharge", () => {
  const RECHARGING = {
    aiActionMonthlyQuota: 3,
    messageMonthlyQuota: 3,
    hardLimitPolicy: "AUTO_RECHARGE",
    autoRechargeEnabled: true,
    autoRechargeUnits: 5,
    maxRechargesPerPeriod: 2,
    whenExhausted: "BLOCK_AI",
    aiActionUnitPrice: "0.25",
  } as const;

  test("is bought when nothing is left, up to the cap, once for all who come at the same time", async () => {
    await desk.agree(RECHARGING);
    expect(await takeAtOnce(40)).toEqual({ done: 3 + 2 * 5, refused: ["quota_exceeded"] });
    const bought = await desk.recharges();
    expect(
      bought.map(({ number, meter, units, unitPrice, currency }) => [
        number,
        meter,
        units,
        unitPrice.toFixed(),
        currency,
      ]),
    ).toEqual([
      [1, "AI_ACTIONS", 5, "0.25", "EUR"],
      [2, "AI_ACTIONS", 5, "0.25", "EUR"],
    ]);
    expect(await desk.told("QUOTA_RECHARGED")).toMatchObject([
      { data: { meter: "ai_actions", number: 1, units: 5, unitPrice: "0.250000" } },
      { data: { meter: "ai_actions", number: 2 } },
    ]);
  });

  test("shares its cap among what is limited", async () => {
    await desk.agree({ ...RECHARGING, whenExhausted: "BLOCK_OUTBOUND" });
    const [ai, messages] = await Promise.all([takeAtOnce(30), takeAtOnce(30, 1, "MESSAGES")]);
    expect(ai.done + messages.done).toBe(3 + 3 + 2 * 5);
    expect(await desk.recharges()).toHaveLength(2);
  });

  test("is followed by what the plan says for then", async () => {
    await desk.agree({ ...RECHARGING, whenExhausted: "OVERAGE" });
    expect(await takeAtOnce(40)).toMatchObject({ done: 40 });
    expect(await desk.recharges()).toHaveLength(2);
  });

  test("is taken back with what it was bought for", async () => {
    const { ctx, tenantId } = desk;
    await desk.agree({ ...RECHARGING, aiActionMonthlyQuota: 0 });
    const lost = ctx.database.withTenant(tenantId, async (tx) => {
      await takeUnits(ctx, tx, { tenantId, meter: "AI_ACTIONS", units: 1 });
      throw new Error("it was not to be");
    });
    await expect(lost).rejects.toThrow("it was not to be");
    expect(await desk.recharges()).toEqual([]);
  });
});
