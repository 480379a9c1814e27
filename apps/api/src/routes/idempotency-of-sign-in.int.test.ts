import { mailQueue } from "@parley/core/mail";
import { newId } from "@parley/runtime";
import { TEST_PASSWORD, buildTenant, buildUser, type BuiltUser } from "@parley/testing";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../api.fixture.ts";

interface SessionJson {
  accessToken: string;
  refreshToken: string;
}

const NEW_PASSWORD = "a new, longer passphrase";
const MINUTE_MS = 60_000;
/** For so long an identity is remembered. */
const REMEMBERED_MS = 3_000;

let api: TestApi;
let user: BuiltUser;
let key: string;
let login: { email: string; password: string };

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.close());

beforeEach(async () => {
  const tenant = await buildTenant(api.context);
  user = await buildUser(api.context, { tenantId: tenant.id });
  login = { email: user.email, password: TEST_PASSWORD };
  key = newId();
});

function post(path: string, payload?: object, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
  return api.app.inject({ method: "POST", url: `/api/v1/auth/${path}`, payload, headers });
}

const underKey = (path: string, payload?: object, headers: Record<string, string> = {}) =>
  post(path, payload, { ...headers, "idempotency-key": key });

const sessionOf = (answer: LightMyRequestResponse): SessionJson => answer.json<{ data: SessionJson }>().data;
const bearer = (answer: LightMyRequestResponse) => ({ authorization: `Bearer ${sessionOf(answer).accessToken}` });
const isReplayed = ({ headers }: LightMyRequestResponse): boolean => headers["idempotency-replayed"] === "true";
const sessions = (userId = user.id) =>
  api.context.database.withSystem((tx) => tx.session.findMany({ where: { userId } }));

const newcomer = () => ({ ...login, email: `${newId()}@new.example`, tenantName: "Acme", fullName: "Agent One" });

const changePassword = (answer: LightMyRequestResponse, currentPassword: string) =>
  post("change-password", { currentPassword, newPassword: NEW_PASSWORD }, bearer(answer));

describe("signing in under an Idempotency-Key", () => {
  test("at once and twice opens one session", async () => {
    const answers = await Promise.all([underKey("login", login), underKey("login", login)]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(answers.filter(isReplayed)).toHaveLength(1);
    expect(answers[0].body).toBe(answers[1].body);
    expect(await sessions()).toHaveLength(1);
  });

  test("again gives no token that is good for longer than the first", async () => {
    api.context.clock.advance(MINUTE_MS);
    const first = await underKey("login", login);
    const issued = Math.floor(api.context.clock.now().getTime() / 1_000);
    expect(api.app.jwt.access.decode<{ iat: number; exp: number }>(sessionOf(first).accessToken)).toMatchObject({
      iat: issued,
      exp: issued + 900,
    });
    api.context.clock.advance(MINUTE_MS);
    const second = await underKey("login", login);
    expect([second.body, isReplayed(second)]).toEqual([first.body, true]);
  });

  test("tells nobody anything who does not know the password", async () => {
    await underKey("login", login);
    const guess = await underKey("login", { ...login, password: "not the password" });
    expect(guess.json()).toMatchObject({ status: 401, code: "invalid_credentials" });
    expect(isReplayed(guess)).toBe(false);
  });

  test("counts wrong guesses as ever, and remembers none of them", async () => {
    const guess = { ...login, password: "not the password" };
    for (let failed = 0; failed < 5; failed += 1) expect((await underKey("login", guess)).statusCode).toBe(401);
    expect((await underKey("login", guess)).statusCode).toBe(429);
    const rows = await api.context.database.withSystem((tx) => tx.platformIdempotencyKey.count({ where: { key } }));
    expect(rows).toBe(0);
  });

  test("is not repeated for a password that was changed since", async () => {
    const first = await underKey("login", login);
    expect((await changePassword(first, TEST_PASSWORD)).statusCode).toBe(204);
    expect((await underKey("login", login)).statusCode).toBe(401);
  });

  test("meets nobody else who uses the same key", async () => {
    const tenant = await buildTenant(api.context);
    const stranger = await buildUser(api.context, { tenantId: tenant.id });
    const mine = await underKey("login", login);
    const theirs = await underKey("login", { ...login, email: stranger.email });
    expect([theirs.statusCode, isReplayed(theirs)]).toEqual([200, false]);
    expect(sessionOf(theirs).refreshToken).not.toBe(sessionOf(mine).refreshToken);
    expect(await sessions(stranger.id)).toHaveLength(1);
  });

  test("is refused when the key is none", async () => {
    const answer = await post("login", login, { "idempotency-key": " " });
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ path: "Idempotency-Key" }] });
    expect(await sessions()).toHaveLength(0);
  });
});

describe("refreshing under an Idempotency-Key", () => {
  test("gives whoever did not get the answer the same token, which goes on", async () => {
    const { refreshToken } = sessionOf(await post("login", login));
    const first = await underKey("refresh", { refreshToken });
    const second = await underKey("refresh", { refreshToken });
    expect([second.statusCode, second.body, isReplayed(second)]).toEqual([200, first.body, true]);
    const next = await post("refresh", { refreshToken: sessionOf(second).refreshToken });
    expect(next.statusCode).toBe(200);
  });

  test("at once and twice gives both the same token", async () => {
    const { refreshToken } = sessionOf(await post("login", login));
    const answers = await Promise.all([underKey("refresh", { refreshToken }), underKey("refresh", { refreshToken })]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(answers[0].body).toBe(answers[1].body);
  });

  test.each([
    ["no key", {}],
    ["a key of its own", { "idempotency-key": newId() }],
  ])("does not help a thief of the token who comes with %s: the session ends", async (_which, headers) => {
    const { refreshToken } = sessionOf(await post("login", login));
    const next = sessionOf(await underKey("refresh", { refreshToken }));
    const stolen = await post("refresh", { refreshToken }, headers);
    expect(stolen.json()).toMatchObject({ status: 401, code: "unauthenticated" });
    expect((await post("refresh", { refreshToken: next.refreshToken })).statusCode).toBe(401);
  });

  test("with another token of the session is another request", async () => {
    const { refreshToken } = sessionOf(await post("login", login));
    const next = sessionOf(await underKey("refresh", { refreshToken }));
    const other = await underKey("refresh", { refreshToken: next.refreshToken });
    expect(other.json()).toMatchObject({ status: 422, code: "idempotency_mismatch" });
    expect((await post("refresh", { refreshToken: next.refreshToken })).statusCode).toBe(200);
  });

  test("revives no session that has ended", async () => {
    const { refreshToken } = sessionOf(await post("login", login));
    const first = await underKey("refresh", { refreshToken });
    await post("logout", { refreshToken });
    const again = await underKey("refresh", { refreshToken });
    expect(again.body).toBe(first.body);
    api.context.clock.advance(REMEMBERED_MS);
    const me = await api.app.inject({ url: "/api/v1/auth/me", headers: bearer(again) });
    expect(me.statusCode).toBe(401);
    expect((await post("refresh", { refreshToken: sessionOf(again).refreshToken })).statusCode).toBe(401);
  });
});

describe("registering under an Idempotency-Key", () => {
  test("at once and twice makes one company", async () => {
    const payload = { ...newcomer(), tenantName: `Company ${key}` };
    const answers = await Promise.all([underKey("register", payload), underKey("register", payload)]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201]);
    expect(answers[0].body).toBe(answers[1].body);
    const made = await api.context.database.withSystem((tx) =>
      tx.tenant.count({ where: { name: payload.tenantName } }),
    );
    expect(made).toBe(1);
  });

  test("is not repeated for those who know a password of the past", async () => {
    const payload = newcomer();
    const first = await underKey("register", payload);
    await changePassword(first, payload.password);
    const again = await underKey("register", payload);
    expect(again.json()).toMatchObject({ status: 401, code: "invalid_credentials" });
    expect(isReplayed(again)).toBe(false);
  });

  test("leaves no key when it is refused", async () => {
    const taken = { ...newcomer(), email: user.email };
    expect((await underKey("register", taken)).statusCode).toBe(409);
    expect((await underKey("register", taken)).statusCode).toBe(409);
    expect(await api.context.database.withSystem((tx) => tx.platformIdempotencyKey.count({ where: { key } }))).toBe(0);
  });
});

describe("passwords under an Idempotency-Key", () => {
  const change = { currentPassword: TEST_PASSWORD, newPassword: NEW_PASSWORD };

  test("are changed once, and a repetition is no wrong guess", async () => {
    const headers = bearer(await post("login", login));
    for (let time = 0; time < 7; time += 1) {
      const answer = await underKey("change-password", change, headers);
      expect([answer.statusCode, isReplayed(answer)]).toEqual([204, time > 0]);
    }
    expect((await post("login", { ...login, password: NEW_PASSWORD })).statusCode).toBe(200);
  });

  test("are changed once by two who ask at once", async () => {
    const headers = bearer(await post("login", login));
    const answers = await Promise.all([
      underKey("change-password", change, headers),
      underKey("change-password", change, headers),
    ]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([204, 204]);
    expect(answers.filter(isReplayed)).toHaveLength(1);
  });

  test("are forgotten once: one mail leaves, even after a minute", async () => {
    const before = (await api.context.jobsOn(mailQueue)).length;
    const first = await underKey("forgot-password", { email: user.email });
    api.context.clock.advance(MINUTE_MS);
    const second = await underKey("forgot-password", { email: user.email });
    expect([first.statusCode, second.statusCode, isReplayed(second)]).toEqual([202, 202, true]);
    expect(await api.context.jobsOn(mailQueue)).toHaveLength(before + 1);
  });
});

describe("a session, under an Idempotency-Key,", () => {
  test.each(["its access token", "its refresh token"])("is ended by %s, and the answer is repeated", async (means) => {
    const session = await post("login", login);
    const { refreshToken } = sessionOf(session);
    const end = () =>
      means === "its access token"
        ? underKey("logout", undefined, bearer(session))
        : underKey("logout", { refreshToken });
    expect((await end()).statusCode).toBe(204);
    api.context.clock.advance(REMEMBERED_MS);
    const again = await end();
    expect([again.statusCode, isReplayed(again)]).toEqual([204, true]);
    expect((await post("refresh", { refreshToken })).statusCode).toBe(401);
  });

  test("that has ended is told nothing of the one that it switched to", async () => {
    const branch = await buildTenant(api.context);
    await api.context.database.withSystem((tx) =>
      tx.membership.create({ data: { tenantId: branch.id, userId: user.id, role: "AGENT" } }),
    );
    const session = await post("login", login);
    const toBranch = { tenantId: branch.id };
    const first = await underKey("switch", toBranch, bearer(session));
    const second = await underKey("switch", toBranch, bearer(session));
    expect([second.body, isReplayed(second)]).toEqual([first.body, true]);
    await post("logout", { refreshToken: sessionOf(session).refreshToken });
    // Its access token is still believed for some seconds.
    expect((await underKey("switch", toBranch, bearer(session))).statusCode).toBe(401);
  });
});
