import { TEST_PASSWORD, buildTenant, buildUser } from "@parley/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createAuthContext, type TestAuthContext } from "./auth.fixture.ts";
import { login } from "./login.ts";
import { signInAdmin } from "./sign-in-admin.ts";

let ctx: TestAuthContext;
beforeAll(async () => {
  ctx = await createAuthContext();
});
afterAll(() => ctx.close());

/** Counts and calls the hasher. */
let compare: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  compare = vi.spyOn(ctx.passwords, "matches");
});
afterEach(() => compare.mockRestore());

const unknown = () => `${crypto.randomUUID()}@users.example`;
async function known(): Promise<string> {
  const { id: tenantId } = await buildTenant(ctx);
  return (await buildUser(ctx, { tenantId })).email;
}

const refusalOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
const guess = (email: string) => refusalOf(login(ctx, { email, password: "not the password" }));

async function fail(email: string, times: number): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    expect(await guess(email)).toMatchObject({ code: "invalid_credentials" });
  }
}

test("a password is compared once, whether there is somebody with the e-mail or not", async () => {
  await guess(await known());
  expect(compare).toHaveBeenCalledTimes(1);
  await guess(unknown());
  expect(compare).toHaveBeenCalledTimes(2);
});

describe.each([
  ["somebody's", known],
  ["nobody's", unknown],
])("guesses at %s password", (_whose, someEmail) => {
  test("are refused after five failures without comparing anything, the right one too", async () => {
    const email = await someEmail();
    await fail(email, 5);
    expect(compare).toHaveBeenCalledTimes(5);
    const wrong = await guess(email);
    const right = await refusalOf(login(ctx, { email, password: TEST_PASSWORD }));
    const inCapitals = await guess(email.toUpperCase());
    for (const refusal of [wrong, right, inCapitals]) {
      expect(refusal).toMatchObject({ code: "too_many_attempts", retryAfterSeconds: expect.any(Number) as number });
    }
    expect(compare).toHaveBeenCalledTimes(5);
  });

  test("are five at most, however many come at once", async () => {
    const email = await someEmail();
    const refusals = await Promise.all(Array.from({ length: 50 }, () => guess(email)));
    const codes = Map.groupBy(refusals, (refusal) => (refusal as { code?: string }).code);
    expect(codes.get("invalid_credentials")?.length).toBeLessThanOrEqual(5);
    expect(codes.get("too_many_attempts")?.length).toBeGreaterThanOrEqual(45);
    expect(compare.mock.calls.length).toBeLessThanOrEqual(5);
    expect(await guess(email)).toMatchObject({ code: "too_many_attempts" });
  });
});

test("signing in gives an account its tries back", async () => {
  const email = await known();
  await fail(email, 4);
  await login(ctx, { email, password: TEST_PASSWORD });
  await fail(email, 4);
  await expect(login(ctx, { email, password: TEST_PASSWORD })).resolves.toBeDefined();
});

describe("the dashboard's sign-in", () => {
  test("shares its count with the API's", async () => {
    const { email } = await buildUser(ctx, { isSuperAdmin: true });
    await fail(email, 3);
    await refusalOf(signInAdmin(ctx, { email, password: "not the password" }));
    await refusalOf(signInAdmin(ctx, { email, password: "not the password" }));
    const refusal = await refusalOf(signInAdmin(ctx, { email, password: TEST_PASSWORD }));
    expect(refusal).toMatchObject({ code: "too_many_attempts" });
  });

  test("counts somebody else's right password as a wrong one, so that nothing tells them apart", async () => {
    const email = await known();
    for (let index = 0; index < 5; index += 1) {
      const refusal = await refusalOf(signInAdmin(ctx, { email, password: TEST_PASSWORD }));
      expect(refusal).toMatchObject({ code: "invalid_credentials" });
    }
    expect(await refusalOf(signInAdmin(ctx, { email, password: TEST_PASSWORD }))).toMatchObject({
      code: "too_many_attempts",
    });
  });
});
