import { mailQueue } from "@parley/core/mail";
import { createMailHandlers } from "@parley/core/mail-jobs";
import { newId } from "@parley/runtime";
import { TEST_PASSWORD, buildTenant, buildUser, type BuiltUser } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../api.fixture.ts";

const NEW_PASSWORD = "another-password-2";
/** After which a session is looked up again. */
const REMEMBERED_MS = 3_000;

let api: TestApi;
let user: BuiltUser;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  user = await buildUser(api.context, { tenantId: (await buildTenant(api.context)).id });
});

const post = (path: string, payload: object, headers: Record<string, string> = {}) =>
  api.app.inject({ method: "POST", url: `/api/v1/auth/${path}`, payload, headers });

const signInWith = (password: string) => post("login", { email: user.email, password });

async function signIn(): Promise<{ authorization: string }> {
  const { data } = (await signInWith(TEST_PASSWORD)).json<{ data: { accessToken: string } }>();
  return { authorization: `Bearer ${data.accessToken}` };
}

const statusOf = async (headers: Record<string, string>) =>
  (await api.app.inject({ url: "/api/v1/auth/me", headers })).statusCode;

describe("POST /auth/change-password", () => {
  const passwords = { currentPassword: TEST_PASSWORD, newPassword: NEW_PASSWORD };

  test("answers 204; the session that asks goes on, the others end", async () => {
    const [asking, other] = [await signIn(), await signIn()];
    expect((await post("change-password", passwords, asking)).statusCode).toBe(204);
    api.context.clock.advance(REMEMBERED_MS);
    expect([await statusOf(asking), await statusOf(other)]).toEqual([200, 401]);
    expect([(await signInWith(TEST_PASSWORD)).statusCode, (await signInWith(NEW_PASSWORD)).statusCode]).toEqual([
      401, 200,
    ]);
  });

  test("answers 401 for a wrong current password", async () => {
    const answer = await post("change-password", { ...passwords, currentPassword: "not the password" }, await signIn());
    expect(answer.json()).toMatchObject({ status: 401, code: "invalid_credentials" });
  });

  test.each([
    [{ newPassword: "123456789" }, "newPassword"],
    [{ newPassword: "é".repeat(37) }, "newPassword"],
    [{ userId: newId() }, "userId"],
  ])("refuses %j", async (change, path) => {
    const answer = await post("change-password", { ...passwords, ...change }, await signIn());
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ path }] });
  });
});

describe("POST /auth/forgot-password", () => {
  test("answers 202 and nothing more, whether the e-mail is known or not", async () => {
    const known = await post("forgot-password", { email: user.email.toUpperCase() });
    const unknown = await post("forgot-password", { email: `${newId()}@users.example` });
    expect([known.statusCode, known.body]).toEqual([202, ""]);
    expect([unknown.statusCode, unknown.body]).toEqual([202, ""]);
    const asked = await api.context.database.withSystem((tx) => tx.passwordResetRequest.findMany());
    expect(asked).toHaveLength(2);
    const jobs = (await api.context.jobsOn(mailQueue)).map(({ payload }) => payload);
    for (const { id: requestId } of asked) expect(jobs).toContainEqual({ requestId });
  });

  test("refuses what is no e-mail", async () => {
    expect((await post("forgot-password", { email: "nobody" })).statusCode).toBe(400);
  });
});

/** As the worker does it; the token of the link. */
async function readMail(): Promise<string> {
  await post("forgot-password", { email: user.email });
  const texts: string[] = [];
  const mailer = { send: async ({ text }: { text: string }) => void texts.push(text) };
  const handlers = createMailHandlers({ ...api.context, mailer, appUrl: "https://app.example" });
  const where = { email: user.email };
  const request = await api.context.database.withSystem((tx) => tx.passwordResetRequest.findFirstOrThrow({ where }));
  await handlers.answer_reset_request({ requestId: request.id });
  const { id } = await api.context.database.withSystem((tx) =>
    tx.passwordReset.findFirstOrThrow({ where: { userId: user.id } }),
  );
  await handlers.send_password_reset({ passwordResetId: id });
  return /\?token=([\w-]+)$/m.exec(texts[0] ?? "")?.[1] ?? "";
}

describe("POST /auth/reset-password", () => {
  test("answers 204 once; then the new password signs in and no old session is good", async () => {
    const session = await signIn();
    const token = await readMail();
    expect((await post("reset-password", { token, newPassword: NEW_PASSWORD })).statusCode).toBe(204);
    const again = await post("reset-password", { token, newPassword: NEW_PASSWORD });
    expect(again.json()).toMatchObject({ status: 400, code: "validation_failed", errors: [{ path: "token" }] });
    api.context.clock.advance(REMEMBERED_MS);
    expect(await statusOf(session)).toBe(401);
    expect((await signInWith(NEW_PASSWORD)).statusCode).toBe(200);
  });

  test("refuses a weak password and leaves the link good", async () => {
    const token = await readMail();
    const weak = await post("reset-password", { token, newPassword: "123456789" });
    expect(weak.json()).toMatchObject({ status: 400, errors: [{ path: "newPassword" }] });
    expect((await post("reset-password", { token, newPassword: NEW_PASSWORD })).statusCode).toBe(204);
  });
});
