import { actingAs } from "@parley/queue/testing";
import { TEST_PASSWORD, buildSession, buildTenant, buildUser } from "@parley/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthContext, type TestAuthContext } from "./auth.fixture.ts";
import { enterTenant } from "./enter-tenant.ts";
import { login } from "./login.ts";
import { me } from "./me.ts";
import { register } from "./register.ts";
import { signInAdmin } from "./sign-in-admin.ts";
import { switchTenant } from "./switch-tenant.ts";

let ctx: TestAuthContext;

beforeAll(async () => {
  ctx = await createAuthContext();
});

afterAll(() => ctx.close());

const password = TEST_PASSWORD;

/** Member of two tenants, of the first for longer. */
async function buildMemberOfTwo() {
  const first = await buildTenant(ctx);
  const second = await buildTenant(ctx);
  const user = await buildUser(ctx);
  await ctx.database.withSystem(async (tx) => {
    const createdAt = new Date("2026-01-01T00:00:00Z");
    await tx.membership.create({ data: { tenantId: second.id, userId: user.id, role: "AGENT" } });
    await tx.membership.create({ data: { tenantId: first.id, userId: user.id, role: "ADMIN", createdAt } });
  });
  return { user, first, second };
}

const errorOf = (email: string) => login(ctx, { email, password: "not the password" }).catch((error: unknown) => error);

describe("signing in", () => {
  test("works in the oldest membership unless a tenant is named", async () => {
    const { user, first, second } = await buildMemberOfTwo();
    const session = await login(ctx, { email: user.email, password });
    expect(session).toMatchObject({ tenant: { id: first.id }, user: { role: "admin" } });
    const chosen = await login(ctx, { email: user.email, password, tenantId: second.id });
    expect(chosen).toMatchObject({ tenant: { id: second.id }, user: { role: "agent" } });
  });

  test("knows somebody else's tenant as little as one that does not exist", async () => {
    const { user } = await buildMemberOfTwo();
    const stranger = await buildTenant(ctx);
    for (const tenantId of [stranger.id, crypto.randomUUID()]) {
      await expect(login(ctx, { email: user.email, password, tenantId })).rejects.toMatchObject({ code: "not_found" });
    }
  });

  test("answers a wrong password and an unknown e-mail alike", async () => {
    const { user } = await buildMemberOfTwo();
    const [wrong, unknown] = [await errorOf(user.email), await errorOf("nobody@users.example")];
    expect(wrong).toMatchObject({ code: "invalid_credentials" });
    expect(unknown).toEqual(wrong);
  });

  test("gives a SUPER_ADMIN without membership no tenant", async () => {
    const admin = await buildUser(ctx, { isSuperAdmin: true });
    const session = await login(ctx, { email: admin.email, password });
    expect(session).toMatchObject({ tenant: null, user: { isSuperAdmin: true, role: null } });
  });

  test("is forbidden to somebody who belongs nowhere, or to a closed tenant only", async () => {
    const closed = await buildTenant(ctx, { status: "CLOSED" });
    for (const user of [await buildUser(ctx), await buildUser(ctx, { tenantId: closed.id })]) {
      await expect(login(ctx, { email: user.email, password })).rejects.toMatchObject({ code: "forbidden" });
    }
  });
});

const input = (tenantName: string, email: string) => ({ tenantName, email, password, fullName: "Agent One" });

describe("registering", () => {
  test("makes a tenant and its owner, who can sign in", async () => {
    const session = await register(ctx, input("Acme & Söhne", "owner@acme.example"));
    expect(session).toMatchObject({
      tenant: { slug: "acme-sohne" },
      user: { role: "owner", email: "owner@acme.example" },
    });
    await expect(login(ctx, { email: "owner@acme.example", password })).resolves.toMatchObject({ user: session.user });
  });

  test("tells tenants of one name apart", async () => {
    const names = Array.from({ length: 4 }, (_empty, index) => input("Twin", `twin-${index}@users.example`));
    const sessions = await Promise.all(names.map((name) => register(ctx, name)));
    expect(new Set(sessions.map((session) => session.tenant?.slug)).size).toBe(4);
  });

  test("takes an e-mail once, however many ask at the same time, and leaves no tenant without an owner", async () => {
    const same = Array.from({ length: 4 }, () => register(ctx, input("Contested", "same@users.example")));
    const outcomes = await Promise.allSettled(same);
    const refusals = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
    expect(refusals).toHaveLength(3);
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: "conflict" });
    const tenants = await ctx.database.withSystem((tx) => tx.tenant.count({ where: { name: "Contested" } }));
    expect(tenants).toBe(1);
  });
});

test("a session remembers where it was opened", async () => {
  const { user } = await buildMemberOfTwo();
  const { claims } = await login(ctx, { email: user.email, password });
  const opened = await ctx.database.withSystem((tx) => tx.session.findUniqueOrThrow({ where: { id: claims.sid } }));
  expect(opened).toMatchObject({ userId: user.id, ...ctx.origin, revokedAt: null });
});

describe("somebody who is signed in", () => {
  test("sees where they work and where else they could", async () => {
    const { user, first, second } = await buildMemberOfTwo();
    const seen = await me(actingAs(ctx, { userId: user.id, tenantId: first.id }));
    expect(seen).toMatchObject({ user: { email: user.email, role: "admin" }, tenant: { id: first.id } });
    expect(seen.memberships.map(({ tenantId }) => tenantId)).toEqual([first.id, second.id]);
  });

  test("switches to another of their tenants, and to no other", async () => {
    const { user, first, second } = await buildMemberOfTwo();
    const acting = actingAs(ctx, { userId: user.id, tenantId: first.id });
    const { id: sessionId } = await buildSession(ctx, { userId: user.id, tenantId: first.id });
    await expect(switchTenant(acting, { tenantId: second.id, sessionId })).resolves.toMatchObject({
      tenant: { id: second.id },
      user: { role: "agent" },
    });
    const stranger = await buildTenant(ctx);
    await expect(switchTenant(acting, { tenantId: stranger.id, sessionId })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("switches nowhere from a session that has ended, nor from somebody else's", async () => {
    const { user, first, second } = await buildMemberOfTwo();
    const acting = actingAs(ctx, { userId: user.id, tenantId: first.id });
    const ended = await buildSession(ctx, { userId: user.id, tenantId: first.id, revokedAt: ctx.clock.now() });
    const another = await buildSession(ctx, { userId: (await buildUser(ctx)).id, tenantId: null });
    for (const sessionId of [ended.id, another.id, null]) {
      const refused = switchTenant(acting, { tenantId: second.id, sessionId });
      await expect(refused).rejects.toMatchObject({ code: "unauthenticated" });
    }
    const opened = await ctx.database.withSystem((tx) => tx.session.count({ where: { tenantId: second.id } }));
    expect(opened).toBe(0);
  });

  test("enters another tenant by its id only as a SUPER_ADMIN", async () => {
    const tenant = await buildTenant(ctx);
    const member = {
      type: "user",
      userId: crypto.randomUUID(),
      tenantId: crypto.randomUUID(),
      role: "OWNER",
      isSuperAdmin: false,
    } as const;
    await expect(enterTenant(ctx, { actor: member, tenantId: tenant.id })).rejects.toMatchObject({ code: "forbidden" });
    const admin = { ...member, tenantId: null, role: null, isSuperAdmin: true };
    await expect(enterTenant(ctx, { actor: admin, tenantId: tenant.id })).resolves.toMatchObject({
      tenantId: tenant.id,
    });
    const nowhere = enterTenant(ctx, { actor: admin, tenantId: crypto.randomUUID() });
    await expect(nowhere).rejects.toMatchObject({ code: "not_found" });
  });
});

test("the dashboard is for SUPER_ADMINs; others are told what a wrong password is told", async () => {
  const admin = await buildUser(ctx, { isSuperAdmin: true });
  await expect(signInAdmin(ctx, { email: admin.email, password })).resolves.toMatchObject({ sub: admin.id });
  const { user } = await buildMemberOfTwo();
  await expect(signInAdmin(ctx, { email: user.email, password })).rejects.toMatchObject({
    code: "invalid_credentials",
  });
});
