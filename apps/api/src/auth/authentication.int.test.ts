import { createHmac } from "node:crypto";
import { newId } from "@parley/runtime";
import { buildSession, buildTenant, buildUser } from "@parley/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEST_JWT_SECRET, startTestApi, type TestApi } from "../api.fixture.ts";

type Tx = Parameters<Parameters<TestApi["context"]["database"]["withSystem"]>[0]>[0];

let api: TestApi;

let signedIn: { sub: string; sid: string };

beforeAll(async () => {
  api = await startTestApi();
  const { id: sub } = await buildUser(api.context, { isSuperAdmin: true });
  signedIn = { sub, sid: (await buildSession(api.context, { userId: sub, tenantId: null })).id };
});

afterAll(() => api.close());

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token made by hand, so that it may be wrong in one respect. */
function forge(change: { header?: object; payload?: object; secret?: string; hash?: string }): string {
  const now = Math.floor(Date.now() / 1_000);
  const header = base64url({ alg: "HS256", typ: "JWT", ...change.header });
  const payload = base64url({
    ...signedIn,
    iss: "parley",
    aud: "parley-api",
    iat: now,
    exp: now + 60,
    ...change.payload,
  });
  const signature = createHmac(change.hash ?? "sha256", change.secret ?? TEST_JWT_SECRET);
  return `${header}.${payload}.${signature.update(`${header}.${payload}`).digest("base64url")}`;
}

const statusOf = async (authorization: string) =>
  (await api.app.inject({ url: "/api/v1/auth/me", headers: { authorization } })).statusCode;

describe("an access token", () => {
  test("is believed when everything about it is right", async () => {
    expect(await statusOf(`Bearer ${forge({})}`)).toBe(200);
  });

  test.each([
    ["signed with another secret", { secret: "another-secret-0123456789-0123456789" }],
    ["signed with another algorithm", { header: { alg: "HS512" }, hash: "sha512" }],
    ["that claims to need no signature", { header: { alg: "none" } }],
    ["of another issuer", { payload: { iss: "somebody" } }],
    ["for another audience", { payload: { aud: "parley-admin" } }],
    ["that has expired", { payload: { exp: Math.floor(Date.now() / 1_000) - 1 } }],
    ["that never expires", { payload: { exp: undefined } }],
    ["without a user", { payload: { sub: undefined } }],
    ["of a session of somebody else", { payload: { sub: newId() } }],
    ["of a session that there never was", { payload: { sid: newId() } }],
  ])("is refused when it is one %s", async (_what, change) => {
    expect(await statusOf(`Bearer ${forge(change)}`)).toBe(401);
  });

  test("is refused unsigned", async () => {
    const [header, payload] = forge({ header: { alg: "none" } }).split(".");
    expect(await statusOf(`Bearer ${header}.${payload}.`)).toBe(401);
  });

  test.each(["", "Bearer", "Bearer x", "Basic YTpi"])("is not to be found in %j", async (authorization) => {
    expect(await statusOf(authorization)).toBe(401);
  });

  test("is good for fifteen minutes", async () => {
    const { authorization } = await api.bearer({ tenantId: null, isSuperAdmin: true });
    const { iat, exp } = JSON.parse(Buffer.from(authorization.split(".")[1] ?? "", "base64url").toString()) as Record<
      string,
      number
    >;
    expect((exp ?? 0) - (iat ?? 0)).toBe(900);
  });
});

/** After which a session is looked up again. */
const REMEMBERED_MS = 3_000;

const CHANGES: [string, number, (tx: Tx, who: { userId: string; tenantId: string }) => Promise<unknown>][] = [
  ["another role", 403, (tx, who) => tx.membership.updateMany({ where: who, data: { role: "AGENT" } })],
  ["no membership", 401, (tx, who) => tx.membership.deleteMany({ where: who })],
  ["a closed company", 401, (tx, { tenantId: id }) => tx.tenant.update({ where: { id }, data: { status: "CLOSED" } })],
  ["a revoked session", 401, (tx, who) => tx.session.updateMany({ where: who, data: { revokedAt: new Date() } })],
];

describe("what has changed since a token was made", () => {
  test.each(CHANGES)("counts within three seconds: %s", async (_what, status, change) => {
    const { id: tenantId } = await buildTenant(api.context);
    const { id: userId } = await buildUser(api.context, { tenantId, role: "ADMIN" });
    const headers = await api.bearer({ tenantId, userId });
    const replay = { method: "POST", url: `/api/v1/raw-events/${newId()}/replay`, headers } as const;
    expect((await api.app.inject(replay)).statusCode).toBe(404);
    await api.context.database.withSystem((tx) => change(tx, { userId, tenantId }));
    api.context.clock.advance(REMEMBERED_MS);
    expect((await api.app.inject(replay)).statusCode).toBe(status);
  });

  test.each(CHANGES)("counts at once where others would be let in: %s", async (_what, status, change) => {
    const { id: tenantId } = await buildTenant(api.context);
    const { id: userId } = await buildUser(api.context, { tenantId, role: "ADMIN" });
    const headers = await api.bearer({ tenantId, userId });
    expect((await me(headers)).statusCode).toBe(200);
    await api.context.database.withSystem((tx) => change(tx, { userId, tenantId }));
    for (const [url, payload] of [
      ["/api-keys", { name: "Shop", scopes: ["tickets.read"] }],
      ["/invitations", { email: "guest@users.example", role: "agent" }],
    ] as const) {
      const answer = await api.app.inject({ method: "POST", url: `/api/v1${url}`, headers, payload });
      expect([url, answer.statusCode]).toEqual([url, status]);
    }
  });

  test("is not looked up for every request", async () => {
    const { id: tenantId } = await buildTenant(api.context);
    const headers = await api.bearer({ tenantId });
    expect((await me(headers)).statusCode).toBe(200);
    await api.context.database.withSystem((tx) =>
      tx.session.updateMany({ where: { tenantId }, data: { revokedAt: new Date() } }),
    );
    api.context.clock.advance(REMEMBERED_MS - 1);
    expect((await me(headers)).statusCode).toBe(200);
    api.context.clock.advance(1);
    expect((await me(headers)).statusCode).toBe(401);
  });
});

const me = async (headers: Record<string, string>) => api.app.inject({ url: "/api/v1/auth/me", headers });

describe("X-Tenant-Id", () => {
  test("takes a SUPER_ADMIN into any tenant that exists", async () => {
    const tenant = await buildTenant(api.context);
    const admin = await buildUser(api.context, { isSuperAdmin: true });
    const bearer = await api.bearer({ tenantId: null, userId: admin.id });
    expect((await me({ ...bearer, "x-tenant-id": tenant.id })).json()).toMatchObject({
      data: { tenant: { id: tenant.id } },
    });
    for (const nowhere of [newId(), "not-a-uuid"]) {
      expect((await me({ ...bearer, "x-tenant-id": nowhere })).statusCode).toBe(404);
    }
  });

  test("takes a member nowhere, and does not tell what exists", async () => {
    const own = await buildTenant(api.context);
    const other = await buildTenant(api.context);
    const bearer = await api.bearer({ tenantId: own.id, role: "OWNER" });
    for (const tenantId of [other.id, newId()]) {
      expect((await me({ ...bearer, "x-tenant-id": tenantId })).statusCode).toBe(403);
    }
  });
});
