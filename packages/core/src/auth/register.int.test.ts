import { newId } from "@parley/runtime";
import { buildUser } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { claimKey } from "../idempotency/index.ts";
import { createRegistrationLimit } from "../throttle/index.ts";
import { createAuthContext, type TestAuthContext } from "./auth.fixture.ts";
import { register } from "./register.ts";

let ctx: TestAuthContext;
let address: string;
let addresses = 0;
/** For how many passwords a hash was made. */
let hashed: number;

beforeAll(async () => {
  const context = await createAuthContext();
  const { publisher, redis: config, passwords } = context;
  ctx = {
    ...context,
    registrations: createRegistrationLimit({ redis: publisher.redis, config, perHour: 12 }),
    passwords: {
      ...passwords,
      hash(password, from) {
        hashed += 1;
        return passwords.hash(password, from);
      },
    },
  };
});
afterAll(() => ctx.close());
beforeEach(() => {
  address = `10.6.0.${addresses++}`;
  hashed = 0;
});

const input = (email = `${newId()}@users.example`) => ({
  tenantName: "Acme",
  email,
  password: "a-password-1",
  fullName: "Agent One",
});
const signUp = (email?: string, from = address) =>
  register({ ...ctx, origin: { address: from, userAgent: null } }, input(email));

test("an address registers a few companies at once; then it is refused before a password is hashed", async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => signUp()));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
  expect(hashed).toBe(2);
  await expect(signUp()).rejects.toMatchObject({ code: "rate_limited" });
  await expect(signUp(undefined, "10.7.0.1")).resolves.toBeDefined();
});

test("an e-mail that somebody has costs no hash, and is counted, so that one address does not ask about many", async () => {
  const { email } = await buildUser(ctx);
  for (let count = 0; count < 2; count += 1) await expect(signUp(email)).rejects.toMatchObject({ code: "conflict" });
  await expect(signUp(email)).rejects.toMatchObject({ code: "rate_limited" });
  expect(hashed).toBe(0);
});

test("a repetition under its Idempotency-Key is not counted", async () => {
  const body = input();
  const underKey = () => {
    const idempotency = claimKey("register-1", { method: "POST", path: "/api/v1/auth/register", body });
    return register({ ...ctx, origin: { address, userAgent: null }, idempotency }, body);
  };
  const first = await underKey();
  for (let count = 0; count < 4; count += 1) expect(await underKey()).toEqual(first);
  await expect(signUp()).resolves.toBeDefined();
});
