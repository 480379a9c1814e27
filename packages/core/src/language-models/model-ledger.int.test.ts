import { newId } from "@parley/runtime";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { buildTenant, virtualClock } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { reserveCall, settleCall, type NewModelCall, type SettledModelCall } from "./model-ledger.ts";
import { settleStrandedCalls } from "./settle-stranded-calls.ts";

const NOW = new Date("2026-12-31T23:30:00Z");

let ctx: TestContext;
let tenantId: string;

beforeAll(async () => {
  ctx = await createTestContext({ queues: [], clock: virtualClock(NOW) });
});
afterAll(() => ctx.close());
beforeEach(async () => {
  tenantId = (await buildTenant(ctx)).id;
});

async function allow(monthlyBudgetMicros: bigint | null): Promise<void> {
  const budget = { monthlyBudgetMicros };
  await ctx.database.withSystem((tx) =>
    tx.aiSettings.upsert({ where: { tenantId }, create: { tenantId, ...budget }, update: budget }),
  );
}

async function reserve(reservedMicros: bigint, call: Partial<NewModelCall> = {}): Promise<string | undefined> {
  const id = newId();
  const sql = ctx.database.tenantSql(tenantId);
  const asked = { task: "translate", provider: "GOOGLE", model: "small", at: NOW } as const;
  return (await reserveCall(sql, { tenantId, id, ...asked, reservedMicros, ...call })) ? id : undefined;
}

function settle(id: string, costMicros: bigint, call: Partial<SettledModelCall> = {}): Promise<boolean> {
  const done = { outcome: "SUCCESS", errorKind: null, inputTokens: 10, outputTokens: 5, attempts: 1 } as const;
  const sql = ctx.database.tenantSql(tenantId);
  return settleCall(sql, { tenantId, id, costMicros, ...done, latencyMs: 7, at: NOW, ...call });
}

const minutesAgo = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);
const spend = () => ctx.database.withTenant(tenantId, (tx) => tx.aiSpend.findMany({ orderBy: { month: "asc" } }));
const calls = () => ctx.database.withTenant(tenantId, (tx) => tx.aiModelCall.findMany({ orderBy: { id: "asc" } }));

describe("a month's budget", () => {
  test("holds what calls under way may cost, and then what they have cost", async () => {
    await allow(1_000n);
    const id = await reserve(600n);
    expect(await spend()).toMatchObject([{ spentMicros: 0n, reservedMicros: 600n }]);
    expect(await reserve(500n)).toBeUndefined();
    await settle(id ?? "", 100n);
    expect(await spend()).toMatchObject([{ spentMicros: 100n, reservedMicros: 0n }]);
    expect(await reserve(900n)).toBeDefined();
    expect(await reserve(1n)).toBeUndefined();
    expect(await calls()).toMatchObject([
      { outcome: "SUCCESS", costMicros: 100n, inputTokens: 10, outputTokens: 5, attempts: 1, latencyMs: 7 },
      { outcome: "REFUSED", errorKind: "no_budget", reservedMicros: 0n, settledAt: NOW },
      { outcome: "PENDING", reservedMicros: 900n, settledAt: null },
      { outcome: "REFUSED", errorKind: "no_budget" },
    ]);
  });

  test("is not exceeded by a hundred calls at once, and is used up by them", async () => {
    await allow(10_000n);
    const ids = await Promise.all(Array.from({ length: 100 }, () => reserve(700n)));
    expect(ids.filter((id) => id !== undefined)).toHaveLength(14);
    expect(await spend()).toMatchObject([{ spentMicros: 0n, reservedMicros: 9_800n }]);
    await Promise.all(ids.flatMap((id) => (id === undefined ? [] : settle(id, 700n))));
    expect(await spend()).toMatchObject([{ spentMicros: 9_800n, reservedMicros: 0n }]);
    const outcomes = (await calls()).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === "REFUSED")).toHaveLength(86);
  });

  test("is refused at once where it is less than a single call", async () => {
    await allow(99n);
    expect(await reserve(100n)).toBeUndefined();
    expect(await spend()).toEqual([]);
    await allow(0n);
    expect(await reserve(1n)).toBeUndefined();
    expect(await reserve(0n)).toBeDefined();
  });

  test("holds from the moment in which it is lowered, and there may be none", async () => {
    await allow(null);
    expect(await reserve(1_000_000_000n)).toBeDefined();
    await allow(1_000n);
    expect(await reserve(1n)).toBeUndefined();
  });

  test("is that of the month in the company's time zone", async () => {
    await ctx.database.withSystem((tx) =>
      tx.tenant.update({ where: { id: tenantId }, data: { timeZone: "Asia/Tokyo" } }),
    );
    await reserve(5n);
    await reserve(5n, { at: new Date("2026-12-31T14:59:59Z") });
    expect((await spend()).map(({ month }) => month.toISOString().slice(0, 10))).toEqual(["2026-12-01", "2027-01-01"]);
  });

  test("is each company's own", async () => {
    await allow(1_000n);
    await reserve(1_000n);
    tenantId = (await buildTenant(ctx)).id;
    await allow(1_000n);
    expect(await reserve(1_000n)).toBeDefined();
  });
});

test("a call is settled once", async () => {
  const id = (await reserve(600n)) ?? "";
  await settle(id, 100n);
  await settle(id, 400n, { outcome: "FAILED" });
  expect(await spend()).toMatchObject([{ spentMicros: 100n, reservedMicros: 0n }]);
  expect(await calls()).toMatchObject([{ outcome: "SUCCESS", costMicros: 100n }]);
});

test("calls whose process died count as much as they could have cost, after ten minutes and once", async () => {
  await settleStrandedCalls(ctx);
  const died = (await reserve(600n, { at: minutesAgo(11) })) ?? "";
  await reserve(50n, { at: minutesAgo(11) });
  await reserve(7n, { at: minutesAgo(9) });
  const before = (await spend())[0];
  expect(before).toMatchObject({ spentMicros: 0n, reservedMicros: 657n });
  const settled = await Promise.all([settleStrandedCalls(ctx), settleStrandedCalls(ctx)]);
  expect(settled.reduce((sum, count) => sum + count, 0)).toBe(2);
  expect(await spend()).toMatchObject([{ spentMicros: 650n, reservedMicros: 7n }]);
  expect(await settleStrandedCalls(ctx)).toBe(0);
  // It was only slow, after all: what is settled stays so.
  await settle(died, 100n);
  expect(await spend()).toMatchObject([{ spentMicros: 650n, reservedMicros: 7n }]);
  expect(await calls()).toMatchObject([
    { outcome: "FAILED", errorKind: "stranded", costMicros: 600n },
    { outcome: "FAILED", errorKind: "stranded", costMicros: 50n },
    { outcome: "PENDING" },
  ]);
});
