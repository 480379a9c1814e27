import { systemClock } from "@parley/runtime";
import { TEST_PASSWORD, buildTenant, buildUser } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAuthContext, type TestAuthContext } from "./auth.fixture.ts";
import { forgetOldSessions } from "./forget-old-sessions.ts";
import { login } from "./login.ts";
import { logout } from "./logout.ts";
import { refreshSession } from "./refresh-session.ts";
import type { Session } from "./session.ts";

let ctx: TestAuthContext;
let session: Session;

beforeAll(async () => {
  ctx = await createAuthContext();
});

afterAll(() => ctx.close());

beforeEach(async () => {
  const tenant = await buildTenant(ctx);
  const user = await buildUser(ctx, { tenantId: tenant.id, role: "MANAGER" });
  session = await login(ctx, { email: user.email, password: TEST_PASSWORD });
});

const refresh = (from: { refreshToken: string }) => refreshSession(ctx, { refreshToken: from.refreshToken });
const refused = { code: "unauthenticated" };
const sessionOf = ({ claims }: Session) =>
  ctx.database.withSystem((tx) => tx.session.findUniqueOrThrow({ where: { id: claims.sid } }));

describe("refreshing a session", () => {
  test("goes on with another token of the same session", async () => {
    const next = await refresh(session);
    expect(next.refreshToken).not.toBe(session.refreshToken);
    expect(next.claims).toEqual(session.claims);
    await expect(refresh(next)).resolves.toMatchObject({ user: { id: session.user.id, role: "manager" } });
  });

  test("stores no token, only its hash", async () => {
    const rows = await ctx.database.withSystem((tx) => tx.refreshToken.findMany());
    const stored = rows.map((row) => Buffer.from(row.tokenHash));
    expect(stored.some((hash) => hash.includes(session.refreshToken) || hash.length !== 32)).toBe(false);
  });

  test("ends the session when a used token comes again", async () => {
    const next = await refresh(session);
    await expect(refresh(session)).rejects.toMatchObject(refused);
    await expect(refresh(next)).rejects.toMatchObject(refused);
  });

  test("ends it at once when the token that took its place was used as well", async () => {
    const second = await refresh(session);
    const third = await refresh(second);
    await expect(refresh(session)).rejects.toMatchObject(refused);
    await expect(refresh(third)).rejects.toMatchObject(refused);
  });

  test("leaves the user's other sessions alone", async () => {
    const other = await login(ctx, { email: session.user.email, password: TEST_PASSWORD });
    await refresh(session);
    await expect(refresh(session)).rejects.toMatchObject(refused);
    await expect(refresh(other)).resolves.toBeDefined();
  });

  // More than there are connections, so that some read the token only after it was used.
  test.each([2, 5, 12])("serves one of %i that come at the same time, and the session goes on", async (count) => {
    const ticking = { ...ctx, clock: systemClock };
    const asked = Array.from({ length: count }, () => refreshSession(ticking, { refreshToken: session.refreshToken }));
    const outcomes = await Promise.allSettled(asked);
    const served = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    expect(served).toHaveLength(1);
    const refusals = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as Error] : []));
    for (const { message } of refusals) expect(message).toContain("go on with the newer one");
    const [next] = served;
    await expect(next && refresh(next)).resolves.toMatchObject({ claims: session.claims });
  });

  test("never leaves a token of a session that was ended while it was being refreshed", async () => {
    const next = await refresh(session);
    await Promise.allSettled([refresh(next), refresh(session), refresh(next)]);
    const { sid } = session.claims;
    const usable = await ctx.database.withSystem((tx) =>
      tx.refreshToken.count({ where: { usedAt: null, session: { id: sid, revokedAt: null } } }),
    );
    expect(usable).toBe(0);
  });

  test("is refused after thirty days, and does not look like a use of the session", async () => {
    const { lastUsedAt, expiresAt } = await sessionOf(session);
    ctx.clock.advance(30 * 24 * 3_600_000 + 1);
    await expect(refresh(session)).rejects.toMatchObject(refused);
    expect(await sessionOf(session)).toMatchObject({ lastUsedAt, expiresAt });
  });

  test("is refused for a token that nobody was given", async () => {
    await expect(refreshSession(ctx, { refreshToken: "made-up" })).rejects.toMatchObject(refused);
  });

  test("reads role and membership anew", async () => {
    const { sub: userId } = session.claims;
    await ctx.database.withSystem((tx) => tx.membership.updateMany({ where: { userId }, data: { role: "AGENT" } }));
    const demoted = await refresh(session);
    expect(demoted.user.role).toBe("agent");
    await ctx.database.withSystem((tx) => tx.membership.deleteMany({ where: { userId } }));
    await expect(refresh(demoted)).rejects.toMatchObject(refused);
  });
});

test("sessions that nobody can continue are forgotten, others are not", async () => {
  const { sid } = session.claims;
  const isThere = () => ctx.database.withSystem((tx) => tx.session.count({ where: { id: sid } }));
  ctx.clock.advance(29 * 24 * 3_600_000);
  await refresh(session);
  ctx.clock.advance(29 * 24 * 3_600_000);
  await forgetOldSessions(ctx);
  expect(await isThere()).toBe(1);
  ctx.clock.advance(2 * 24 * 3_600_000);
  await forgetOldSessions(ctx);
  expect(await isThere()).toBe(0);
});

describe("logging out", () => {
  test("ends the session of a refresh token, also of one that was replaced since", async () => {
    const next = await refresh(session);
    await logout(ctx, { refreshToken: session.refreshToken });
    await expect(refresh(next)).rejects.toMatchObject(refused);
  });

  test("ends the session of an access token", async () => {
    await logout(ctx, { sessionId: session.claims.sid });
    await expect(refresh(session)).rejects.toMatchObject(refused);
  });

  test("is content with a token that nobody was given", async () => {
    await expect(logout(ctx, { refreshToken: "made-up" })).resolves.toBeUndefined();
  });
});
