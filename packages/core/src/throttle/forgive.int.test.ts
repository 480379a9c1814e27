import { connectFailFast } from "@parley/queue";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { LOGIN_LIMITS, createLoginThrottle, type LoginThrottle } from "./login-throttle.ts";

let ctx: TestContext;
let throttle: LoginThrottle;
let email: string;
let addresses = 0;

beforeAll(async () => {
  ctx = await createTestContext();
  throttle = createLoginThrottle({ redis: ctx.publisher.redis, config: ctx.redis, logger: ctx.logger });
});
afterAll(() => ctx.close());
beforeEach(() => {
  email = `${crypto.randomUUID()}@users.example`;
});

/** Of nobody who has tried before. */
const newAddress = () => `10.3.${addresses >> 8}.${addresses++ & 255}`;
const guess = (at: { email?: string; address?: string } = {}) =>
  throttle.attempt({ email, address: newAddress(), ...at }, async () => null);

async function guessInTurn(count: number, at: (index: number) => { email?: string; address?: string } = () => ({})) {
  for (let index = 0; index < count; index += 1) await guess(at(index));
}

const refused = { code: "too_many_attempts" };

test("an account that is forgiven may be tried again at once, and as often as one that never failed", async () => {
  await guessInTurn(LOGIN_LIMITS.perAccount);
  await expect(guess()).rejects.toMatchObject(refused);
  await throttle.forgive(email.toUpperCase());
  await guessInTurn(LOGIN_LIMITS.perAccount);
  await expect(guess()).rejects.toMatchObject(refused);
});

test("another account stays locked, and so does the address that guessed", async () => {
  const address = newAddress();
  await guessInTurn(LOGIN_LIMITS.perAddress, (index) => ({ email: `${index}-${email}`, address }));
  const other = `other-${email}`;
  await guessInTurn(LOGIN_LIMITS.perAccount, () => ({ email: other }));
  await throttle.forgive(email);
  await throttle.forgive(`0-${email}`);
  await expect(guess({ address })).rejects.toMatchObject(refused);
  await expect(guess({ email: other })).rejects.toMatchObject(refused);
});

test("attempts that are under way stay counted", async () => {
  const { promise: finished, resolve: finish } = Promise.withResolvers<null>();
  const underWay = Array.from({ length: LOGIN_LIMITS.perAccount }, () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<undefined>();
    const outcome = throttle.attempt({ email, address: newAddress() }, () => {
      begin(undefined);
      return finished;
    });
    return { begun, outcome };
  });
  await Promise.all(underWay.map(({ begun }) => begun));
  await throttle.forgive(email);
  await expect(guess()).rejects.toMatchObject(refused);
  finish(null);
  await Promise.all(underWay.map(({ outcome }) => outcome));
});

test("nobody is kept waiting when Redis is away", async () => {
  const redis = connectFailFast({ ...ctx.redis, url: "redis://127.0.0.1:1" });
  redis.on("error", () => undefined);
  const away = createLoginThrottle({ redis, config: ctx.redis, logger: ctx.logger });
  await expect(away.forgive(email)).resolves.toBeUndefined();
  redis.disconnect();
});
