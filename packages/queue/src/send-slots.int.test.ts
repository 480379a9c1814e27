import { newId } from "@parley/runtime";
import { createTestContext, type TestContext } from "./testing/index.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { queuePrefix } from "./connections.ts";
import { createSendSlots, type SendSlots, type SlotLimits } from "./send-slots.ts";

let ctx: TestContext;
let slots: SendSlots;
beforeAll(async () => {
  ctx = await createTestContext();
  slots = createSendSlots(ctx.publisher.redis, ctx.redis);
});
afterAll(() => ctx.close());

// Waits are counted from the moment of asking, which a busy machine puts off. So a test bounds a wait from above, or
// adds the time that asking took.
const limits: SlotLimits = { perSecond: 80, pairIntervalMs: 6_000, pairBurst: 3 };
const windowMs = 1_011;
const intervalMs = windowMs / limits.perSecond;
const inTurn = async <T>(count: number, next: (index: number) => Promise<T>): Promise<T[]> => {
  const results: T[] = [];
  for (let index = 0; index < count; index += 1) results.push(await next(index));
  return results;
};

test("slots of an account are spread evenly, a little slower than its limit", async () => {
  const account = newId();
  const startedAt = performance.now();
  const waits = await inTurn(160, (index) =>
    slots.reserve({ account, recipient: `r${index}`, message: `m${index}` }, limits),
  );
  const last = waits.at(-1) ?? 0;
  expect(last).toBeLessThanOrEqual(159 * intervalMs);
  expect(last + performance.now() - startedAt).toBeGreaterThan((159 * 1_000) / limits.perSecond);
});

test("a message that asks again is given the same slot", async () => {
  const account = newId();
  const reserve = (index: number) => slots.reserve({ account, recipient: `r${index}`, message: `m${index}` }, limits);
  const first = (await inTurn(40, reserve)).at(-1) ?? 0;
  const again = await inTurn(20, () => reserve(39));
  expect(Math.max(...again)).toBeLessThanOrEqual(first);
  // Had each repetition used up a slot, this would be the sixtieth.
  expect(await reserve(40)).toBeLessThanOrEqual(40 * intervalMs);
});

test("a recipient has a burst and then one slot an interval, which holds up nobody else", async () => {
  const account = newId();
  const waits = await inTurn(5, (index) => slots.reserve({ account, recipient: "same", message: `m${index}` }, limits));
  expect(waits.slice(0, 3).every((wait) => wait < 100)).toBe(true);
  expect(waits[3]).toBeGreaterThan(3_000);
  expect(waits[4]).toBeGreaterThan(9_000);
  expect(await slots.reserve({ account, recipient: "other", message: "other" }, limits)).toBeLessThan(100);
});

/** The message has left already: it takes a place in the window. */
const leave = (account: string, message: string, by: SlotLimits = limits) =>
  slots.depart({ account, message, attempt: 1 }, by);

test("no more leave in a window than it allows", async () => {
  const account = newId();
  const startedAt = performance.now();
  const waits = await Promise.all(Array.from({ length: 100 }, (_empty, index) => leave(account, `m${index}`)));
  const held = waits.filter((wait) => wait > 0);
  expect(held).toHaveLength(20);
  expect(Math.max(...held)).toBeLessThanOrEqual(windowMs);
  expect(Math.min(...held) + performance.now() - startedAt).toBeGreaterThan(windowMs - 1);
});

test("what travelled long keeps its place in the window for longer", async () => {
  const account = newId();
  const onePerSecond = { ...limits, perSecond: 1 };
  await leave(account, "m", onePerSecond);
  await passTime(account, 300);
  const askedAt = performance.now();
  const before = await leave(account, "next", onePerSecond);
  await slots.delayed({ account, message: "m", attempt: 1 }, 200);
  const after = await leave(account, "next", onePerSecond);
  expect(after).toBeLessThanOrEqual(before + 200);
  expect(after + performance.now() - askedAt).toBeGreaterThan(before + 180);
  await slots.delayed({ account, message: "unknown", attempt: 1 }, 200);
  expect(await leave(account, "next", onePerSecond)).toBeLessThanOrEqual(after);
});

test("every attempt at a message takes a place", async () => {
  const account = newId();
  for (const attempt of [1, 2, 3]) await slots.depart({ account, message: "m", attempt }, limits);
  expect(await leave(account, "other", { ...limits, perSecond: 3 })).toBeGreaterThan(0);
  expect(await leave(account, "other", { ...limits, perSecond: 4 })).toBe(0);
});

test("a reservation is used up by leaving", async () => {
  const account = newId();
  await slots.reserve({ account, recipient: "r", message: "m" }, limits);
  expect(
    await slots.reserved([
      { account, message: "m" },
      { account, message: "other" },
    ]),
  ).toEqual([true, false]);
  await leave(account, "m");
  expect(await slots.reserved([{ account, message: "m" }])).toEqual([false]);
});

test("a provider that asks for a pause is given it, by the account or by one recipient", async () => {
  const account = newId();
  await slots.pushBack({ account, recipient: "r" }, 60_000, limits);
  expect(await slots.reserve({ account, recipient: "other", message: "a" }, limits)).toBeLessThan(100);
  expect(await slots.reserve({ account, recipient: "r", message: "b" }, limits)).toBeGreaterThan(50_000);
  await slots.pushBack({ account }, 30_000, limits);
  expect(await slots.reserve({ account, recipient: "another", message: "c" }, limits)).toBeGreaterThan(20_000);
});

/** Redis's clock cannot be set; so whatever it has written down for the account moves back instead. */
async function passTime(account: string, ms: number): Promise<void> {
  const { redis } = ctx.publisher;
  const keys = await redis.keys(`${queuePrefix(ctx.redis, `slots-${account}`)}:*`);
  expect(keys).not.toEqual([]);
  await Promise.all(
    keys.map(async (key) => {
      if (!key.endsWith(":log")) return redis.incrbyfloat(key, -ms);
      const entries = await redis.zrange(key, "0", "-1");
      for (const entry of entries) await redis.zincrby(key, -ms, entry);
    }),
  );
}

const LEAD_MS = 250;
const slotOf = (account: string, message: string) => ({ account, recipient: message, message });
const reserve = (account: string, message: string) => slots.reserve(slotOf(account, message), limits);
const lineUp = (account: string, message: string) => slots.lineUp(slotOf(account, message), limits, LEAD_MS);
const names = (count: number) => Array.from({ length: count }, (_empty, index) => `m${index}`);

describe("a job that lines up", () => {
  test("without a reservation is given a slot", async () => {
    const account = newId();
    expect(await lineUp(account, "m")).toBe(0);
    expect(await slots.reserved([{ account, message: "m" }])).toEqual([true]);
  });

  test("too early is told when its slot is", async () => {
    const account = newId();
    const startedAt = performance.now();
    const waits = await inTurn(160, (index) => reserve(account, `m${index}`));
    const wait = await lineUp(account, "m159");
    expect(wait).toBeLessThanOrEqual(waits[159] ?? 0);
    expect(wait + performance.now() - startedAt).toBeGreaterThan(159 * intervalMs - 1);
  });

  test("late leaves at once while the window has a place, however late it is", async () => {
    const account = newId();
    await inTurn(40, (index) => reserve(account, `m${index}`));
    await passTime(account, 10_000);
    const waits = await inTurn(20, (index) => lineUp(account, `m${index}`));
    expect(Math.max(...waits)).toBeLessThanOrEqual((19 * intervalMs) / 2);
  });

  test("late with too many others is given a new slot, after all that there are", async () => {
    const account = newId();
    const startedAt = performance.now();
    await Promise.all(names(200).map((message) => reserve(account, message)));
    await passTime(account, 1_500);
    const waits = await inTurn(90, (index) => lineUp(account, `m${index}`));
    const tookMs = performance.now() - startedAt;
    const atOnce = waits.filter((wait) => wait <= LEAD_MS);
    const later = waits.filter((wait) => wait > LEAD_MS);
    expect(atOnce.length).toBeLessThanOrEqual(Math.ceil((2 * (LEAD_MS + tookMs)) / intervalMs) + 1);
    // The last of the 200 has its slot when a second more has passed.
    expect(Math.min(...later) + tookMs).toBeGreaterThan(200 * intervalMs - 1_500);
  });

  test("on time gives way when others have filled the window by far", async () => {
    const account = newId();
    const startedAt = performance.now();
    await inTurn(100, (index) => reserve(account, `m${index}`));
    await Promise.all(names(100).map((message) => leave(account, `gone-${message}`, { ...limits, perSecond: 100 })));
    const wait = await lineUp(account, "m0");
    expect(wait + performance.now() - startedAt).toBeGreaterThan(100 * intervalMs - 1);
  });
});
