import { actingAs } from "@parley/queue/testing";
import { TEST_PASSWORD, buildTenant, buildUser, type BuiltUser } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAuthContext, type TestAuthContext } from "./auth.fixture.ts";
import { changePassword } from "./change-password.ts";
import { login } from "./login.ts";
import { refreshSession } from "./refresh-session.ts";
import type { Session } from "./session.ts";

const NEW_PASSWORD = "another-password-2";

let ctx: TestAuthContext;
let user: BuiltUser;
let tenantIds: string[];
let session: Session;

beforeAll(async () => {
  ctx = await createAuthContext();
});
afterAll(() => ctx.close());

beforeEach(async () => {
  tenantIds = [(await buildTenant(ctx)).id, (await buildTenant(ctx)).id];
  user = await buildUser(ctx);
  await ctx.database.withSystem((tx) =>
    tx.membership.createMany({ data: tenantIds.map((tenantId) => ({ tenantId, userId: user.id, role: "AGENT" })) }),
  );
  session = await signIn();
});

const signIn = (password = TEST_PASSWORD) => login(ctx, { email: user.email, password });

function change(passwords: { currentPassword?: string; newPassword?: string } = {}): Promise<void> {
  const acting = { ...actingAs(ctx, { userId: user.id, tenantId: tenantIds[0] ?? null }), origin: ctx.origin };
  const input = { currentPassword: TEST_PASSWORD, newPassword: NEW_PASSWORD, sessionId: session.claims.sid };
  return changePassword(acting, { ...input, ...passwords });
}

describe("changing one's password", () => {
  test("lets one sign in with the new one, and no more with the old one", async () => {
    await change();
    await expect(signIn(NEW_PASSWORD)).resolves.toMatchObject({ user: { id: user.id } });
    await expect(signIn()).rejects.toMatchObject({ code: "invalid_credentials" });
  });

  test("ends every other session of the user, and nobody else's", async () => {
    const other = await signIn();
    const { email } = await buildUser(ctx, { tenantId: tenantIds[0] });
    const colleague = await login(ctx, { email, password: TEST_PASSWORD });
    await change();
    await expect(refreshSession(ctx, other)).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(refreshSession(ctx, session)).resolves.toBeDefined();
    await expect(refreshSession(ctx, colleague)).resolves.toBeDefined();
  });

  test("is refused with a wrong current password, and changes nothing", async () => {
    const other = await signIn();
    await expect(change({ currentPassword: "not the password" })).rejects.toMatchObject({
      code: "invalid_credentials",
      message: expect.stringContaining("current password"),
    });
    await expect(refreshSession(ctx, other)).resolves.toBeDefined();
    await expect(signIn()).resolves.toBeDefined();
  });

  test("is no way to guess: failures count as failed attempts to sign in", async () => {
    for (let tries = 0; tries < 5; tries += 1) {
      await expect(change({ currentPassword: "not the password" })).rejects.toMatchObject({
        code: "invalid_credentials",
      });
    }
    await expect(change()).rejects.toMatchObject({ code: "too_many_attempts" });
  });

  test("is written down in every company of the user, without the passwords and without where they are", async () => {
    await change();
    const entries = await ctx.database.withSystem((tx) => tx.auditEntry.findMany({ where: { actorId: user.id } }));
    expect(entries.map(({ tenantId }) => tenantId).toSorted()).toEqual(tenantIds.toSorted());
    for (const entry of entries) {
      expect(entry).toMatchObject({
        actorType: "USER",
        action: "password.changed",
        subjectType: "user",
        subjectId: user.id,
        before: null,
        after: null,
        address: null,
      });
    }
  });

  test("succeeds for one of several who change it at the same time", async () => {
    const outcomes = await Promise.allSettled(
      ["first-password-1", "second-password-2", "third-password-3"].map((newPassword) => change({ newPassword })),
    );
    const refusals = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
    expect(refusals).toHaveLength(2);
    const codes = refusals.map((refusal) => (refusal instanceof Error && "code" in refusal ? refusal.code : refusal));
    for (const code of codes) expect(["conflict", "invalid_credentials"]).toContain(code);
  });

  test("leaves no session that was opened with the old password while it was changed", async () => {
    const signingIn = Promise.allSettled([signIn(), signIn(), signIn()]);
    await change();
    await signingIn;
    const open = await ctx.database.withSystem((tx) =>
      tx.session.findMany({ where: { userId: user.id, revokedAt: null } }),
    );
    expect(open.map(({ id }) => id)).toEqual([session.claims.sid]);
  });
});

test("a sign-in that has proved a password which was changed meanwhile opens no session", async () => {
  // The comparison takes its time; in between, the password is changed.
  const passwords = {
    ...ctx.passwords,
    async matches(password: string, hash: string | null, address: string | null) {
      const matches = await ctx.passwords.matches(password, hash, address);
      await change();
      return matches;
    },
  };
  await expect(login({ ...ctx, passwords }, { email: user.email, password: TEST_PASSWORD })).rejects.toMatchObject({
    code: "unauthenticated",
  });
});
