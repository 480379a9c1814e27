import { connectFailFast } from "@parley/queue";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { DomainError } from "@parley/runtime";
import { startFreezableRelay } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { LOGIN_LIMITS, createLoginThrottle, type LoginThrottle } from "./login-throttle.ts";

let ctx: TestContext;
let throttle: LoginThrottle;
beforeAll(async () => {
  ctx = await createTestContext();
  throttle = createLoginThrottle({ redis: ctx.publisher.redis, config: ctx.redis, logger: ctx.logger });
});
afterAll(() => ctx.close());

const MINUTE_MS = 60_000;
let email: string;
let addresses = 0;
beforeEach(() => {
  email = `${crypto.randomUUID()}@users.example`;
});
/** Of nobody who has tried before. */
const newAddress = () => `10.0.${addresses >> 8}.${addresses++ & 255}`;
async function inTurn(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  for (let index = 0; index < count; index += 1) await work(index);
}
const times = (count: number) => Array.from({ length: count }, (_empty, index) => index);

/** Each try comes from another address, unless one is given. */
const guess = (at: { email?: string; address?: string | null } = {}) =>
  throttle.attempt({ email, address: newAddress(), ...at }, async () => null);
const signIn = (at: { email?: string; address?: string | null } = {}) =>
  throttle.attempt({ email, address: newAddress(), ...at }, async () => ({}));

async function guessInTurn(count: number, at: { email?: string; address?: string } = {}): Promise<void> {
  await inTurn(count, () => guess(at));
}

/** Each is so much longer than the one before that a busy machine does not make one look like another. */
const LOCKS = [1, 30, 60, 120, 240, 480, 900];

/** The lock, in seconds, that refuses the next attempt. */
async function lockOf(at: { email?: string; address?: string } = {}): Promise<number | undefined> {
  const refusal: unknown = await throttle
    .attempt({ email, address: newAddress(), ...at }, () => Promise.reject(new Error("was let in")))
    .catch((error: unknown) => error);
  if (!(refusal instanceof DomainError)) return undefined;
  expect(refusal.code).toBe("too_many_attempts");
  const { retryAfterSeconds = Infinity } = refusal;
  return LOCKS.find((lock) => retryAfterSeconds <= lock);
}

const keysOfLogins = () => ctx.publisher.redis.keys(`*${ctx.redis.prefix}-login*`);

/** Redis's clock cannot be set; so whatever it has written down moves back instead. */
async function passTime(ms: number): Promise<void> {
  const { redis } = ctx.publisher;
  for (const key of await keysOfLogins()) {
    for (const field of ["forgetAt", "lockedUntil", "pendingUntil"]) await redis.hincrby(key, field, -ms);
  }
}

describe("an account", () => {
  test("may be guessed at five times, and then not for half a minute", async () => {
    await guessInTurn(4);
    expect(await lockOf()).toBeUndefined();
    await guess();
    expect(await lockOf()).toBe(30);
    await expect(signIn()).rejects.toMatchObject({ code: "too_many_attempts" });
  });

  test("has one try after each lock, which doubles, up to a quarter of an hour", async () => {
    await guessInTurn(5);
    for (const seconds of [30, 60, 120, 240, 480, 900, 900]) {
      expect(await lockOf()).toBe(seconds);
      await passTime(seconds * 400);
      expect(await lockOf()).toBeDefined();
      await passTime(seconds * 600);
      const outcomes = await Promise.allSettled(times(3).map(() => guess()));
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    }
  });

  test("has its tries back a quarter of an hour after the first of them, or after the last lock", async () => {
    await guessInTurn(4);
    await passTime(15 * MINUTE_MS);
    await guessInTurn(4);
    expect(await lockOf()).toBeUndefined();
    await guess();
    await passTime(30_000 + 14 * MINUTE_MS);
    await guess();
    expect(await lockOf()).toBe(60);
    await passTime(16 * MINUTE_MS);
    await guessInTurn(4);
    expect(await lockOf()).toBeUndefined();
  });

  test("is the same in capital letters, and locked for all addresses", async () => {
    await guessInTurn(5, { email: email.toUpperCase() });
    expect(await lockOf()).toBe(30);
  });

  test("has all its tries back after a success", async () => {
    await guessInTurn(4);
    await signIn();
    await guessInTurn(4);
    expect(await lockOf()).toBeUndefined();
  });

  test("loses no try to what failed for another reason than the password", async () => {
    const broken = new Error("the database is away");
    await inTurn(20, () =>
      expect(throttle.attempt({ email, address: null }, () => Promise.reject(broken))).rejects.toBe(broken),
    );
    expect(await lockOf()).toBeUndefined();
  });

  test("does not lock another one", async () => {
    await guessInTurn(5);
    await expect(signIn({ email: `other-${email}` })).resolves.toEqual({});
  });
});

/** Attempts that are under way until `finish`. */
function begin(count: number) {
  let begun = 0;
  const { promise: finished, resolve: finish } = Promise.withResolvers<null>();
  const outcomes = times(count).map(() =>
    throttle.attempt({ email, address: newAddress() }, () => {
      begun += 1;
      return finished;
    }),
  );
  return { outcomes: Promise.allSettled(outcomes), finish: () => finish(null), begun: () => begun };
}

describe("attempts at the same time", () => {
  test("are no more than could be made in turn, and whoever is too many is to come back at once", async () => {
    await guessInTurn(2);
    const guesses = begin(50);
    // Nobody waits: whoever is not refused has begun.
    expect(await lockOf()).toBe(1);
    guesses.finish();
    const outcomes = await guesses.outcomes;
    expect(guesses.begun()).toBe(3);
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(47);
    expect(await lockOf()).toBe(30);
  });

  test("of a process that died are forgotten", async () => {
    const lost = begin(5);
    expect(await lockOf()).toBe(1);
    await passTime(40_000);
    await guessInTurn(4);
    expect(await lockOf()).toBeUndefined();
    lost.finish();
    await lost.outcomes;
  });
});

const guessAtMany = (count: number, address: string) =>
  inTurn(count, (index) => guess({ email: `${index}-${email}`, address }));

describe("an address", () => {
  test("may fail fifty times, whatever the accounts, and then not for half a minute", async () => {
    const address = newAddress();
    await guessAtMany(49, address);
    expect(await lockOf({ address })).toBeUndefined();
    await guessAtMany(1, address);
    expect(await lockOf({ address })).toBe(30);
    expect(await lockOf()).toBeUndefined();
    await passTime(30_000);
    await guessAtMany(1, address);
    expect(await lockOf({ address })).toBe(60);
  });

  test("is not cleared by signing in to an account of one's own", async () => {
    const address = newAddress();
    await guessAtMany(49, address);
    await signIn({ address });
    await guessAtMany(1, address);
    expect(await lockOf({ address })).toBe(30);
  });

  test("may sign in as often as it likes", async () => {
    const address = newAddress();
    await inTurn(60, () => signIn({ address }));
    expect(await lockOf({ address })).toBeUndefined();
  });

  test("is a whole /64", async () => {
    await inTurn(50, (index) => guess({ email: `${index}-${email}`, address: `2001:db8::${index}` }));
    expect(await lockOf({ address: "2001:db8::ffff" })).toBe(30);
    expect(await lockOf({ address: "2001:db8:0:1::ffff" })).toBeUndefined();
  });
});

test("neither e-mails nor addresses stand in Redis, and what stands there goes away", async () => {
  const address = "203.0.113.77";
  await guessInTurn(5, { address });
  const keys = await keysOfLogins();
  expect(keys.length).toBeGreaterThan(1);
  const { redis } = ctx.publisher;
  const values = await Promise.all(keys.map((key) => redis.hgetall(key)));
  const text = JSON.stringify([keys, values]);
  expect(text).not.toContain(address);
  expect(text).not.toMatch(/@|users\.example|%40/);
  const left = await Promise.all(keys.map((key) => redis.pttl(key)));
  expect(Math.min(...left)).toBeGreaterThan(0);
  expect(Math.max(...left)).toBeLessThanOrEqual(LOGIN_LIMITS.longestLockMs + LOGIN_LIMITS.windowMs);
});

const letIn = (redis: TestContext["publisher"]["redis"]) =>
  createLoginThrottle({ redis, config: ctx.redis, logger: ctx.logger }).attempt(
    { email, address: null },
    async () => ({}),
  );

describe("without Redis nobody is let in", () => {
  test("when it is away", async () => {
    const redis = connectFailFast({ ...ctx.redis, url: "redis://127.0.0.1:1" });
    redis.on("error", () => undefined);
    await expect(letIn(redis)).rejects.toMatchObject({ code: "unavailable", retryAfterSeconds: 5 });
    redis.disconnect();
  });

  test("when it hangs, and that is known before the connection itself gives up", async () => {
    const relay = await startFreezableRelay(ctx.redis.url);
    const redis = connectFailFast({ ...ctx.redis, url: relay.through(ctx.redis.url) });
    await new Promise((resolve) => redis.once("ready", resolve));
    await expect(letIn(redis)).resolves.toEqual({});
    relay.freeze();
    let waits = true;
    const asked = redis.ping().catch(() => (waits = false));
    await expect(letIn(redis)).rejects.toMatchObject({ code: "unavailable" });
    expect(waits).toBe(true);
    redis.disconnect();
    await asked;
    await relay.close();
  });
});
