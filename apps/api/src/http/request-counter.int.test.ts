import { createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createRequestCounter, type CountedRequest, type RequestCounter } from "./request-counter.ts";

let ctx: TestContext;
let counter: RequestCounter;
/** Half of a window of this length has passed now, and for years. */
const windowMs = Math.round(Date.now() / 1.5);

beforeAll(async () => {
  ctx = await createTestContext();
  counter = createRequestCounter(ctx.publisher.redis, windowMs);
});
afterAll(() => ctx.close());

let key: string;
let other: string;
beforeEach(() => {
  const prefix = `{${ctx.redis.prefix}-limits-${newId()}}`;
  [key, other] = [`${prefix}:one`, `${prefix}:other`];
});

const WAIT_MS = 4_000;
const count = (most: number, of: string = key) => counter.count([{ key: of, most }], WAIT_MS);

async function countInTurn(times: number, most: number): Promise<CountedRequest[]> {
  const counted: CountedRequest[] = [];
  for (let index = 0; index < times; index += 1) counted.push(await count(most));
  return counted;
}

const letIn = (counted: readonly CountedRequest[]) => counted.filter(({ refused }) => !refused).length;
const remainingOf = (counted: readonly CountedRequest[]) => counted.map(({ counts: [first] }) => first?.remaining);
/** In windows. */
const resetOf = (counted: CountedRequest | undefined) => (counted?.counts[0]?.resetMs ?? NaN) / windowMs;

/** Redis's clock cannot be set; so what was counted moves back instead. */
async function passWindows(windows: number): Promise<void> {
  for (const each of await ctx.publisher.redis.keys(`${key.slice(0, key.indexOf("}"))}*`)) {
    await ctx.publisher.redis.hincrby(each, "window", -windows);
  }
}

describe("a limit", () => {
  test("lets so many requests in and no more, and says how many are left", async () => {
    const counted = await countInTurn(6, 4);
    expect(counted.map(({ refused }) => refused)).toEqual([false, false, false, false, true, true]);
    expect(remainingOf(counted)).toEqual([3, 2, 1, 0, 0, 0]);
  });

  test("lets no more in when they come at the same time", async () => {
    expect(letIn(await Promise.all(Array.from({ length: 50 }, () => count(7))))).toBe(7);
  });

  test("slides: half a window later half of what was counted in the one before is free again", async () => {
    await countInTurn(10, 10);
    await passWindows(1);
    const counted = await countInTurn(8, 10);
    expect(letIn(counted)).toBe(5);
    expect(remainingOf(counted)).toEqual([4, 3, 2, 1, 0, 0, 0, 0]);
  });

  test("has forgotten everything two windows later", async () => {
    await countInTurn(10, 10);
    await passWindows(2);
    expect(letIn(await countInTurn(11, 10))).toBe(10);
  });

  test("of one request is for one request", async () => {
    expect(letIn(await countInTurn(3, 1))).toBe(1);
    await passWindows(1);
    expect(letIn(await countInTurn(3, 1))).toBe(0);
    await passWindows(1);
    expect(letIn(await countInTurn(3, 1))).toBe(1);
  });

  test("that was lowered in the meantime refuses until the higher count is gone", async () => {
    await countInTurn(10, 10);
    expect(letIn(await countInTurn(1, 2))).toBe(0);
    await passWindows(1);
    expect(letIn(await countInTurn(1, 2))).toBe(0);
    await passWindows(1);
    expect(letIn(await countInTurn(3, 2))).toBe(2);
  });
});

describe("the reset", () => {
  test("is the end of the window while there is something left", async () => {
    const [first] = await countInTurn(1, 10);
    expect(resetOf(first)).toBeCloseTo(0.5);
  });

  test("is when the next one is let in once nothing is left: the rest of this window, and of the next as much as it takes", async () => {
    const counted = await countInTurn(11, 10);
    for (const each of counted.slice(-2)) expect(resetOf(each)).toBeCloseTo(0.5 + 0.1);
  });

  test("is sooner when only the window before is in the way", async () => {
    await countInTurn(10, 10);
    await passWindows(1);
    const counted = await countInTurn(6, 10);
    for (const each of counted.slice(-2)) expect(resetOf(each)).toBeCloseTo(0.1);
  });
});

const both = (most: number, mostOfOther: number) =>
  counter.count(
    [
      { key, most },
      { key: other, most: mostOfOther },
    ],
    WAIT_MS,
  );

describe("several limits", () => {
  test("are counted together, each with what is left of it", async () => {
    expect(await both(5, 3)).toMatchObject({ refused: false, counts: [{ remaining: 4 }, { remaining: 2 }] });
    expect(await count(3, other)).toMatchObject({ counts: [{ remaining: 1 }] });
  });

  test("count a request against all of them, or against none", async () => {
    await both(5, 1);
    for (let refusals = 0; refusals < 3; refusals += 1) {
      expect(await both(5, 1)).toMatchObject({ refused: true, counts: [{ remaining: 4 }, { remaining: 0 }] });
    }
    expect(await count(5)).toMatchObject({ refused: false, counts: [{ remaining: 3 }] });
  });
});

test("what is counted goes away with its windows", async () => {
  await count(5);
  const left = await ctx.publisher.redis.pttl(key);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(windowMs * 2);
});

test("the window is a minute unless a test wants another", async () => {
  const minutes = createRequestCounter(ctx.publisher.redis);
  const { counts } = await minutes.count([{ key, most: 5 }], WAIT_MS);
  expect(counts[0]?.resetMs).toBeLessThanOrEqual(60_000);
  expect(await ctx.publisher.redis.pttl(key)).toBeGreaterThan(60_000);
});
