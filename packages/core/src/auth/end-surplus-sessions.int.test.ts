import { newId } from "@parley/runtime";
import { TEST_PASSWORD, buildTenant, buildUser, type BuiltUser } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { LOGIN_LIMITS } from "../throttle/index.ts";
import { createAuthContext, type TestAuthContext } from "./auth.fixture.ts";
import { login } from "./login.ts";
import { refreshSession } from "./refresh-session.ts";
import type { Session } from "./session.ts";
import { signInAdmin } from "./sign-in-admin.ts";

const MOST = 100;

let ctx: TestAuthContext;
let tenantId: string;
let user: BuiltUser;

beforeAll(async () => {
  ctx = await createAuthContext();
});
afterAll(() => ctx.close());
beforeEach(async () => {
  tenantId = (await buildTenant(ctx)).id;
  user = await buildUser(ctx, { tenantId });
});

/** Later than whatever was used before. */
async function signIn(email = user.email): Promise<Session> {
  ctx.clock.advance(1_000);
  return login(ctx, { email, password: TEST_PASSWORD });
}

const later = () => new Date(ctx.clock.now().getTime() + 3_600_000);

/** Sessions that are used now, by somebody who has signed in again and again. */
async function seed(count: number, of: { userId: string; revokedAt?: Date } = { userId: user.id }): Promise<void> {
  ctx.clock.advance(1_000);
  const lastUsedAt = ctx.clock.now();
  const expiresAt = later();
  await ctx.database.withSystem((tx) =>
    tx.session.createMany({
      data: Array.from({ length: count }, () => ({ id: newId(), tenantId, lastUsedAt, expiresAt, ...of })),
    }),
  );
}

const countOpen = (userId = user.id) =>
  ctx.database.withSystem((tx) => tx.session.count({ where: { userId, revokedAt: null } }));
const countAll = (userId = user.id) => ctx.database.withSystem((tx) => tx.session.count({ where: { userId } }));

const ended = { code: "unauthenticated" };

test("somebody has a hundred sessions at most: signing in once more ends the one that was used longest ago", async () => {
  const first = await signIn();
  const second = await signIn();
  await seed(MOST - 2);
  await expect(refreshSession(ctx, first)).resolves.toBeDefined();
  const last = await signIn();
  expect(await countOpen()).toBe(MOST);
  await expect(refreshSession(ctx, second)).rejects.toMatchObject(ended);
  await expect(refreshSession(ctx, last)).resolves.toBeDefined();
});

test("what is used goes on, however long ago it was opened", async () => {
  const first = await signIn();
  await seed(MOST - 1);
  ctx.clock.advance(1_000);
  const next = await refreshSession(ctx, first);
  await signIn();
  await expect(refreshSession(ctx, next)).resolves.toBeDefined();
});

test("whoever has thousands has a hundred after signing in, and no rows of the others", async () => {
  await seed(1_500);
  await signIn();
  expect([await countOpen(), await countAll()]).toEqual([MOST, MOST]);
});

test("sessions that have ended do not count, and those of other people are left alone", async () => {
  const { id: userId, email } = await buildUser(ctx, { tenantId });
  const kept = await signIn();
  await seed(MOST, { userId: user.id, revokedAt: ctx.clock.now() });
  await seed(MOST - 2);
  await seed(MOST, { userId });
  await signIn();
  expect([await countOpen(), await countAll()]).toEqual([MOST, 2 * MOST]);
  await expect(refreshSession(ctx, kept)).resolves.toBeDefined();
  expect(await countOpen(userId)).toBe(MOST);
  await signIn(email);
  expect(await countOpen(userId)).toBe(MOST);
});

test("the session that was just opened goes on, even if a clock that is ahead has used all the others later", async () => {
  await seed(MOST);
  ctx.clock.advance(-60_000);
  const opened = await signIn();
  await expect(refreshSession(ctx, opened)).resolves.toBeDefined();
  expect(await countOpen()).toBe(MOST);
});

test("many who sign in at once leave no more than a hundred after the next one", async () => {
  await seed(MOST - 1);
  // The throttle lets no more try at once.
  await Promise.all(
    Array.from({ length: LOGIN_LIMITS.perAccount }, () => login(ctx, { email: user.email, password: TEST_PASSWORD })),
  );
  await signIn();
  expect(await countOpen()).toBe(MOST);
});

test("the dashboard's sign-in is a session like others", async () => {
  const admin = await buildUser(ctx, { isSuperAdmin: true });
  await ctx.database.withSystem((tx) =>
    tx.session.createMany({
      data: Array.from({ length: MOST }, () => ({ id: newId(), userId: admin.id, expiresAt: later() })),
    }),
  );
  await signInAdmin(ctx, { email: admin.email, password: TEST_PASSWORD });
  expect(await countOpen(admin.id)).toBe(MOST);
});
