import { afterAll, beforeAll, expect, test } from "vitest";
import { RedisAwayError, askRedis } from "./ask-redis.ts";
import { connectFailFast } from "./connections.ts";
import { createTestContext, type TestContext } from "./testing/index.ts";

let ctx: TestContext;
beforeAll(async () => {
  ctx = await createTestContext();
});
afterAll(() => ctx.close());

test("Redis's answer is passed on, and its errors are", async () => {
  const { redis } = ctx.publisher;
  expect(await askRedis(redis, 4_000, () => redis.ping())).toBe("PONG");
  await expect(askRedis(redis, 4_000, () => redis.call("no-such-command"))).rejects.toThrow("unknown command");
});

test("a Redis that is not connected is not asked", async () => {
  const redis = connectFailFast({ ...ctx.redis, url: "redis://127.0.0.1:1" });
  redis.on("error", () => undefined);
  let asked = false;
  const ask = async () => (asked = true);
  await expect(askRedis(redis, 4_000, ask)).rejects.toThrow(RedisAwayError);
  expect(asked).toBe(false);
  redis.disconnect();
});

test("who has waited long enough goes on without an answer", async () => {
  const { promise } = Promise.withResolvers();
  await expect(askRedis(ctx.publisher.redis, 10, () => promise)).rejects.toThrow(RedisAwayError);
});

test("an answer that came while the process was busy is not late", async () => {
  const { redis } = ctx.publisher;
  const answer = askRedis(redis, 10, () => redis.ping());
  // Commands are written at the end of the turn in which they are given.
  await new Promise((resolve) => setImmediate(resolve));
  const busyUntil = performance.now() + 500;
  while (performance.now() < busyUntil);
  expect(await answer).toBe("PONG");
});
