import { connectFailFast, queuePrefix } from "@parley/queue";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createRegistrationLimit, type RegistrationLimit } from "./registration-limit.ts";

/** A sixth of it comes at once, then one a minute. */
const PER_HOUR = 60;
const AT_ONCE = 10;

let ctx: TestContext;
let limit: RegistrationLimit;
let address: string;
let addresses = 0;

beforeAll(async () => {
  ctx = await createTestContext();
  limit = withLimit(PER_HOUR);
});
afterAll(() => ctx.close());
beforeEach(() => {
  address = `10.5.${addresses >> 8}.${addresses++ & 255}`;
});

const withLimit = (perHour: number | null, redis = ctx.publisher.redis) =>
  createRegistrationLimit({ redis, config: ctx.redis, perHour });

/** How many of so many that come at once are let in. */
async function letIn(count: number, from = address, by = limit): Promise<number> {
  const outcomes = await Promise.allSettled(Array.from({ length: count }, () => by.count(from)));
  return outcomes.filter(({ status }) => status === "fulfilled").length;
}

/** As if so much time had passed since whatever was counted: the clock is Redis's. */
async function letPass(ms: number): Promise<void> {
  const { redis } = ctx.publisher;
  for (const key of await redis.keys(`${queuePrefix(ctx.redis, "registrations")}:*`)) {
    await redis.set(key, Number(await redis.get(key)) - ms, "KEEPTTL");
  }
}

describe("of registrations from one address", () => {
  test("some are let in at once, and then one in a while", async () => {
    expect(await letIn(30)).toBe(AT_ONCE);
    await letPass(3 * 60_000);
    expect(await letIn(30)).toBe(3);
  });

  test("so many are let in within an hour, and as many at once afterwards as ever", async () => {
    let served = await letIn(30);
    for (let minute = 1; minute <= 60; minute += 1) {
      await letPass(60_000);
      served += await letIn(3);
    }
    expect(served).toBe(AT_ONCE + PER_HOUR);
    await letPass(AT_ONCE * 60_000);
    expect(await letIn(30)).toBe(AT_ONCE);
  });

  test("one too many is told when to come back", async () => {
    await letIn(AT_ONCE);
    const refusal = await limit.count(address).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "rate_limited", message: expect.stringContaining("from your address") });
    const { retryAfterSeconds } = refusal as { retryAfterSeconds: number };
    expect(retryAfterSeconds).toBeGreaterThan(0);
    expect(retryAfterSeconds).toBeLessThanOrEqual(60);
  });

  test("those from elsewhere are not counted, those of the same network are", async () => {
    const [first, second, elsewhere] = ["2001:db8:5::1", "2001:db8:5::2", "2001:db8:6::1"];
    expect(await letIn(30, first)).toBe(AT_ONCE);
    expect(await letIn(30, second)).toBe(0);
    expect(await letIn(30, elsewhere)).toBe(AT_ONCE);
  });
});

test("whose address is not known, and anybody where there are no limits, is let in", async () => {
  for (const by of [withLimit(null), limit]) {
    for (let count = 0; count < 2 * AT_ONCE; count += 1) await expect(by.count(null)).resolves.toBeUndefined();
  }
  expect(await letIn(30, address, withLimit(null))).toBe(30);
});

test("a limit that allows less than one at once allows one", async () => {
  expect(await letIn(5, address, withLimit(1))).toBe(1);
});

test("addresses stand in Redis as hashes only", async () => {
  await limit.count(address);
  const { redis } = ctx.publisher;
  const keys = await redis.keys(`${queuePrefix(ctx.redis, "registrations")}:*`);
  expect(keys.length).toBeGreaterThan(0);
  expect(keys.join()).not.toContain(address);
});

test("nobody registers uncounted", async () => {
  const redis = connectFailFast({ ...ctx.redis, url: "redis://127.0.0.1:1" });
  redis.on("error", () => undefined);
  await expect(withLimit(PER_HOUR, redis).count(address)).rejects.toMatchObject({ code: "unavailable" });
  redis.disconnect();
});
