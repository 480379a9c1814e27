import { createHmac } from "node:crypto";
import { newId } from "@parley/runtime";
import { buildTenant, buildUser } from "@parley/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEST_JWT_SECRET, startTestApi, type TestApi } from "../api.fixture.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.close());

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token made by hand, so that it may be wrong in one respect. */
function forge(change: { header?: object; payload?: object; secret?: string; hash?: string }): string {
  const now = Math.floor(Date.now() / 1_000);
  const header = base64url({ alg: "HS256", typ: "JWT", ...change.header });
  const payload = base64url({
    sub: newId(),
    tid: newId(),
    role: "OWNER",
    adm: false,
    sid: newId(),
    iss: "parley",
    aud: "parley-api",
    iat: now,
    exp: now + 60,
    ...change.payload,
  });
  const signature = createHmac(change.hash ?? "sha256", change.secret ?? TEST_JWT_SECRET);
  return `${header}.${payload}.${signature.update(`${header}.${payload}`).digest("base64url")}`;
}

// A route that only asks who is there: the user of a forged token does not exist, which is 401 as well.
const statusOf = async (authorization: string) =>
  (await api.app.inject({ method: "POST", url: "/api/v1/auth/logout", headers: { authorization } })).statusCode;

describe("an access token", () => {
  test("is believed when everything about it is right", async () => {
    expect(await statusOf(`Bearer ${forge({})}`)).toBe(204);
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
    ["with a role that does not exist", { payload: { role: "EMPEROR" } }],
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
    const { authorization } = api.bearer({ tenantId: newId() });
    const { iat, exp } = JSON.parse(Buffer.from(authorization.split(".")[1] ?? "", "base64url").toString()) as Record<
      string,
      number
    >;
    expect((exp ?? 0) - (iat ?? 0)).toBe(900);
  });
});

const me = async (headers: Record<string, string>) => api.app.inject({ url: "/api/v1/auth/me", headers });

describe("X-Tenant-Id", () => {
  test("takes a SUPER_ADMIN into any tenant that exists", async () => {
    const tenant = await buildTenant(api.context);
    const admin = await buildUser(api.context, { isSuperAdmin: true });
    const bearer = api.bearer({ tenantId: null, userId: admin.id, isSuperAdmin: true });
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
    const bearer = api.bearer({ tenantId: own.id, role: "OWNER" });
    for (const tenantId of [other.id, newId()]) {
      expect((await me({ ...bearer, "x-tenant-id": tenantId })).statusCode).toBe(403);
    }
  });
});
