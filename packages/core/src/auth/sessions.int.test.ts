import { actingAs } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { TEST_PASSWORD, buildTenant, buildUser, type BuiltUser } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAuthContext, type TestAuthContext } from "./auth.fixture.ts";
import { endOtherSessions } from "./end-other-sessions.ts";
import { endSession } from "./end-session.ts";
import { listSessions } from "./list-sessions.ts";
import { login } from "./login.ts";
import { logout } from "./logout.ts";
import { refreshSession } from "./refresh-session.ts";
import type { Session } from "./session.ts";
import { signInAdmin } from "./sign-in-admin.ts";

let ctx: TestAuthContext;
let user: BuiltUser;
let tenantId: string;

beforeAll(async () => {
  ctx = await createAuthContext();
});
afterAll(() => ctx.close());
beforeEach(async () => {
  tenantId = (await buildTenant(ctx)).id;
  user = await buildUser(ctx, { tenantId });
});

const acting = (userId = user.id) => actingAs(ctx, { userId, tenantId });
const idOf = (session: Session) => session.claims.sid;

async function signIn(email = user.email): Promise<Session> {
  ctx.clock.advance(1_000);
  return login(ctx, { email, password: TEST_PASSWORD });
}

async function openIds(): Promise<string[]> {
  const { data } = await listSessions(acting(), { limit: 50, sessionId: null });
  return data.map(({ id }) => id);
}

describe("one's sessions", () => {
  test("are listed with where they were opened, the one that was used last first", async () => {
    const [first, second] = [await signIn(), await signIn()];
    ctx.clock.advance(1_000);
    await refreshSession(ctx, first);
    const { data } = await listSessions(acting(), { limit: 50, sessionId: idOf(second) });
    const origin = { address: "192.0.2.1", userAgent: "test", tenantId };
    expect(data).toMatchObject([
      { ...origin, id: idOf(first), current: false, lastUsedAt: ctx.clock.now().toISOString() },
      { ...origin, id: idOf(second), current: true },
    ]);
  });

  test("are listed page by page", async () => {
    const sessions = [await signIn(), await signIn(), await signIn()];
    const first = await listSessions(acting(), { limit: 2, sessionId: null });
    const cursor = first.page.nextCursor ?? "";
    const second = await listSessions(acting(), { limit: 2, cursor, sessionId: null });
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(sessions.map(idOf).toReversed());
    expect(second.page.nextCursor).toBeNull();
  });

  test("are not those that have ended or expired, nor anybody else's", async () => {
    await signIn();
    ctx.clock.advance(30 * 24 * 3_600_000);
    await logout(ctx, { sessionId: idOf(await signIn()) });
    const open = await signIn();
    await signIn((await buildUser(ctx, { tenantId })).email);
    expect(await openIds()).toEqual([idOf(open)]);
  });

  test("are those of the dashboard for as long as they last, which is half an hour", async () => {
    const admin = await buildUser(ctx, { isSuperAdmin: true });
    const { sid } = await signInAdmin(ctx, { email: admin.email, password: TEST_PASSWORD });
    const list = async () =>
      (await listSessions(acting(admin.id), { limit: 50, sessionId: null })).data.map(({ id }) => id);
    ctx.clock.advance(30 * 60_000 - 1);
    expect(await list()).toEqual([sid]);
    ctx.clock.advance(1);
    expect(await list()).toEqual([]);
  });

  test("can be ended one by one", async () => {
    const [first, second] = [await signIn(), await signIn()];
    await endSession(acting(), { id: idOf(first) });
    expect(await openIds()).toEqual([idOf(second)]);
    await expect(refreshSession(ctx, first)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  test("are not found when they are somebody else's, have ended, or are nobody's", async () => {
    const another = await signIn((await buildUser(ctx, { tenantId })).email);
    const ended = await signIn();
    await logout(ctx, { sessionId: idOf(ended) });
    for (const id of [idOf(another), idOf(ended), newId()]) {
      await expect(endSession(acting(), { id })).rejects.toMatchObject({
        code: "not_found",
        message: "You have no session with this id.",
      });
    }
    await expect(refreshSession(ctx, another)).resolves.toBeDefined();
  });

  test("all end but the one that asks, and nobody else's", async () => {
    const [, kept] = [await signIn(), await signIn(), await signIn()];
    const another = await signIn((await buildUser(ctx, { tenantId })).email);
    await endOtherSessions(acting(), { sessionId: kept ? idOf(kept) : null });
    expect(await openIds()).toEqual([kept && idOf(kept)]);
    await expect(refreshSession(ctx, another)).resolves.toBeDefined();
  });
});

test("an API key has no sessions", async () => {
  const key = { type: "api_key", apiKeyId: newId(), isSuperAdmin: false, tenantId, role: "ADMIN", scopes: [] } as const;
  const program = { ...acting(), actor: key };
  for (const attempt of [
    () => listSessions(program, { limit: 50, sessionId: null }),
    () => endSession(program, { id: newId() }),
    () => endOtherSessions(program, { sessionId: null }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: "forbidden" });
  }
});
