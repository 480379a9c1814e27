import { newId } from "@parley/runtime";
import { createTestContext, type TestContext } from "./testing/index.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
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
const windowMs = 1_010;
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

test("however many are late together, no more leave than the window allows", async () => {
  const account = newId();
  const messages = Array.from({ length: 200 }, (_empty, index) => `m${index}`);
  const startedAt = performance.now();
  const waits = await Promise.all(messages.map((message) => slots.take({ account, message, attempt: 1 }, limits)));
  const tookMs = performance.now() - startedAt;
  const held = waits.filter((wait) => wait > 0);
  expect(held).toHaveLength(120);
  expect(Math.max(...held)).toBeLessThanOrEqual(windowMs);
  expect(Math.min(...held) + tookMs).toBeGreaterThanOrEqual(windowMs);
});

test("what travelled long keeps its place in the window for longer", async () => {
  const account = newId();
  const onePerSecond = { ...limits, perSecond: 1 };
  const departure = { account, message: "m", attempt: 1 };
  expect(await slots.take(departure, onePerSecond)).toBe(0);
  const askedAt = performance.now();
  const before = await slots.take({ ...departure, attempt: 2 }, onePerSecond);
  await slots.delayed(departure, 200);
  const after = await slots.take({ ...departure, attempt: 2 }, onePerSecond);
  expect(after).toBeLessThanOrEqual(before + 190);
  expect(after + performance.now() - askedAt).toBeGreaterThan(before + 189);
  await slots.delayed({ ...departure, attempt: 3 }, 200);
  expect(await slots.take({ ...departure, attempt: 2 }, onePerSecond)).toBeLessThanOrEqual(after);
});

test("a limit that was lowered waits until enough have left the window", async () => {
  const account = newId();
  await inTurn(3, (attempt) => slots.take({ account, message: "m", attempt }, limits));
  const wait = await slots.take({ account, message: "m", attempt: 3 }, { ...limits, perSecond: 1 });
  expect(wait).toBeGreaterThan(0);
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
  await slots.take({ account, message: "m", attempt: 1 }, limits);
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
  await Promise.all(keys.map((key) => redis.incrbyfloat(key, -ms)));
}

test("a job that is a little late keeps its slot", async () => {
  const account = newId();
  const onePerSecond = { ...limits, perSecond: 1 };
  const reserve = (message: string) => slots.reserve({ account, recipient: message, message }, onePerSecond);
  await reserve("late");
  await passTime(account, 2_000);
  await reserve("other");
  // A new one would have to wait for the other's second to end.
  expect(await reserve("late")).toBe(0);
});

test("jobs that missed their slots together are spread over new ones", async () => {
  const account = newId();
  const messages = Array.from({ length: 40 }, (_empty, index) => `m${index}`);
  const reserve = (message: string) => slots.reserve({ account, recipient: message, message }, limits);
  await Promise.all(messages.map(reserve));
  await passTime(account, 60_000);
  const startedAt = performance.now();
  const furthest = Math.max(...(await Promise.all(messages.map(reserve))));
  expect(furthest + performance.now() - startedAt).toBeGreaterThan((39 * 1_000) / limits.perSecond);
});
