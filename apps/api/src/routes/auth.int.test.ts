import { createRegistrationLimit } from "@parley/core/throttle";
import { TEST_PASSWORD, buildTenant, buildUser } from "@parley/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../api.fixture.ts";

interface SessionBody {
  data: {
    user: { id: string };
    tenant: { id: string } | null;
    accessToken: string;
    refreshToken: string;
    expiresIn: number;
  };
}

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.close());

const post = (path: string, payload?: object, headers: Record<string, string> = {}) =>
  api.app.inject({ method: "POST", url: `/api/v1/auth/${path}`, payload, headers });

const bearer = (session: SessionBody) => ({ authorization: `Bearer ${session.data.accessToken}` });

async function signIn(): Promise<SessionBody> {
  const tenant = await buildTenant(api.context);
  const user = await buildUser(api.context, { tenantId: tenant.id });
  return (await post("login", { email: user.email.toUpperCase(), password: TEST_PASSWORD })).json<SessionBody>();
}

describe("registering", () => {
  const input = { tenantName: "Acme", email: "Owner@Acme.example", password: "0123456789", fullName: "Agent One" };

  test("answers 201 with a session that works", async () => {
    const answer = await post("register", input);
    expect(answer.statusCode).toBe(201);
    const session = answer.json<SessionBody>();
    expect(Object.keys(session.data)).toEqual(["user", "tenant", "accessToken", "refreshToken", "expiresIn"]);
    expect(session.data).toMatchObject({ user: { email: "owner@acme.example", role: "owner" }, expiresIn: 900 });
    const me = await api.app.inject({ url: "/api/v1/auth/me", headers: bearer(session) });
    expect(me.json()).toMatchObject({ data: { user: session.data.user, tenant: session.data.tenant } });
  });

  test("answers 409 for an e-mail that is in use, whatever its case", async () => {
    const again = await post("register", { ...input, email: "OWNER@acme.example" });
    expect(again.statusCode).toBe(409);
    expect(again.json()).toMatchObject({ code: "conflict" });
  });

  test("answers 429 to one address that registers too many, and says when to come back", async () => {
    const { publisher, redis: config } = api.context;
    const registrations = createRegistrationLimit({ redis: publisher.redis, config, perHour: 1 });
    const strict = await startTestApi({ system: { ...api.builtFrom.system, registrations } });
    const register = (email: string) =>
      strict.app.inject({ method: "POST", url: "/api/v1/auth/register", payload: { ...input, email } });
    expect((await register("first@acme.example")).statusCode).toBe(201);
    const refused = await register("second@acme.example");
    expect(refused.json()).toMatchObject({ status: 429, code: "rate_limited" });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    await strict.close();
  });

  test("refuses fields that nobody may set", async () => {
    const answer = await post("register", { ...input, email: "x@acme.example", isSuperAdmin: true });
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ path: "isSuperAdmin" }] });
  });

  test("says of a password over 72 bytes what is wrong with it", async () => {
    const answer = await post("register", { ...input, email: "y@acme.example", password: "é".repeat(40) });
    expect(answer.json()).toMatchObject({ errors: [{ path: "password", message: "must be at most 72 bytes long" }] });
  });
});

describe("signing in", () => {
  test.each(["somebody", "nobody"])("is refused for a while after five failures at the e-mail of %s", async (whose) => {
    const { email } =
      whose === "somebody" ? await buildUser(api.context) : { email: `${crypto.randomUUID()}@x.example` };
    for (let failed = 0; failed < 5; failed += 1) {
      expect((await post("login", { email, password: "not the password" })).statusCode).toBe(401);
    }
    for (const password of ["not the password", TEST_PASSWORD]) {
      const refused = await post("login", { email, password });
      expect(refused.json()).toMatchObject({
        status: 429,
        code: "too_many_attempts",
        detail: expect.stringMatching(/^Too many attempts to sign in have failed; try again in \d+ s\.$/) as string,
      });
      const seconds = Number(refused.headers["retry-after"]);
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(30);
    }
  });
});

describe("a session", () => {
  test("is refreshed by its refresh token, once", async () => {
    const session = await signIn();
    const next = await post("refresh", { refreshToken: session.data.refreshToken });
    expect(next.statusCode).toBe(200);
    expect(Object.keys(next.json<SessionBody>().data)).toEqual(Object.keys(session.data));

    const reused = await post("refresh", { refreshToken: session.data.refreshToken });
    expect(reused.json()).toMatchObject({ status: 401, code: "unauthenticated" });
    const revoked = await post("refresh", { refreshToken: next.json<SessionBody>().data.refreshToken });
    expect(revoked.statusCode).toBe(401);
  });

  test("is refreshed by exactly one of two requests that come at the same time", async () => {
    const { refreshToken } = (await signIn()).data;
    const answers = await Promise.all([post("refresh", { refreshToken }), post("refresh", { refreshToken })]);
    expect(new Set(answers.map((answer) => answer.statusCode))).toEqual(new Set([200, 401]));
  });

  test.each(["its access token", "its refresh token"])("ends at log-out with %s", async (means) => {
    const session = await signIn();
    const { refreshToken } = session.data;
    const out =
      means === "its access token"
        ? await post("logout", undefined, bearer(session))
        : await post("logout", { refreshToken });
    expect(out.statusCode).toBe(204);
    expect((await post("refresh", { refreshToken })).statusCode).toBe(401);
  });

  test("cannot be ended by nobody", async () => {
    expect((await post("logout")).statusCode).toBe(401);
  });

  test("switches between the user's own tenants only", async () => {
    const session = await signIn();
    const other = await buildTenant(api.context);
    const refused = await post("switch", { tenantId: other.id }, bearer(session));
    expect(refused.json()).toMatchObject({ status: 404, code: "not_found" });

    await api.context.database.withSystem((tx) =>
      tx.membership.create({ data: { tenantId: other.id, userId: session.data.user.id, role: "MANAGER" } }),
    );
    const switched = await post("switch", { tenantId: other.id }, bearer(session));
    expect(switched.json()).toMatchObject({ data: { tenant: { id: other.id }, user: { role: "manager" } } });
  });
});
