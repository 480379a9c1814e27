import { createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildTenant } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { forgetOldKeys } from "./forget-old-keys.ts";

const DAY_MS = 24 * 3_600_000;

let ctx: TestContext;

beforeAll(async () => {
  ctx = await createTestContext();
});

afterAll(() => ctx.close());

test("keys are forgotten after a week, those of every tenant", async () => {
  const now = ctx.clock.now().getTime();
  for (const tenant of [await buildTenant(ctx), await buildTenant(ctx)]) {
    const key = { tenantId: tenant.id, actorId: newId(), requestHash: Uint8Array.of(1) };
    await ctx.database.withSystem((tx) =>
      tx.idempotencyKey.createMany({
        data: [
          { ...key, key: "old", createdAt: new Date(now - 7 * DAY_MS - 1) },
          { ...key, key: "young", createdAt: new Date(now - 7 * DAY_MS) },
        ],
      }),
    );
  }
  expect(await forgetOldKeys(ctx)).toBe(2);
  const left = await ctx.database.withSystem((tx) => tx.idempotencyKey.findMany({ select: { key: true } }));
  expect(left).toEqual([{ key: "young" }, { key: "young" }]);
});

test("outside tenants they are forgotten after a day, for their answers hold tokens", async () => {
  const now = ctx.clock.now().getTime();
  const key = { ownerHash: Uint8Array.of(1), requestHash: Uint8Array.of(1) };
  await ctx.database.withSystem((tx) =>
    tx.platformIdempotencyKey.createMany({
      data: [
        { ...key, key: "old", createdAt: new Date(now - DAY_MS - 1) },
        { ...key, key: "young", createdAt: new Date(now - DAY_MS) },
      ],
    }),
  );
  expect(await forgetOldKeys(ctx)).toBe(1);
  const left = await ctx.database.withSystem((tx) => tx.platformIdempotencyKey.findMany({ select: { key: true } }));
  expect(left).toEqual([{ key: "young" }]);
});
