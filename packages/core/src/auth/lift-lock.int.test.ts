import { actingAs } from "@parley/queue/testing";
import { TEST_PASSWORD, buildTenant, buildUser, type BuiltUser } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createMailHandlers } from "../mail-jobs/index.ts";
import { openMailStage, tokenOf, type MailStage } from "../mail-jobs/mail.fixture.ts";
import { LOGIN_LIMITS } from "../throttle/index.ts";
import { changePassword } from "./change-password.ts";
import { forgotPassword } from "./forgot-password.ts";
import { login } from "./login.ts";
import { resetPassword } from "./reset-password.ts";

const NEW_PASSWORD = "another-password-2";

let stage: MailStage;
let tenantId: string;
let user: BuiltUser;
let address: string;
let addresses = 0;

beforeAll(async () => {
  stage = await openMailStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  tenantId = (await buildTenant(stage.ctx)).id;
  user = await buildUser(stage.ctx, { tenantId });
  address = `10.4.0.${addresses++}`;
});

const signIn = (password: string) =>
  login({ ...stage.ctx, origin: { address, userAgent: null } }, { email: user.email, password });

async function fail(times: number): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    await expect(signIn("not-the-password")).rejects.toMatchObject({ code: "invalid_credentials" });
  }
}

async function resetByMail(): Promise<void> {
  await forgotPassword(stage.ctx, { email: user.email });
  await stage.answerRequests();
  const [reset] = await stage.ctx.database.withSystem((tx) =>
    tx.passwordReset.findMany({ where: { userId: user.id } }),
  );
  await createMailHandlers(stage.mailContext).send_password_reset({ passwordResetId: reset?.id ?? "" });
  const token = tokenOf(stage.mailsTo(user.email).at(-1));
  await resetPassword(stage.ctx, { token, newPassword: NEW_PASSWORD });
}

test("whoever sets a new password by mail may sign in at once, although guesses had locked the account", async () => {
  await fail(LOGIN_LIMITS.perAccount);
  await expect(signIn(TEST_PASSWORD)).rejects.toMatchObject({ code: "too_many_attempts" });
  await resetByMail();
  await expect(signIn(NEW_PASSWORD)).resolves.toMatchObject({ user: { id: user.id } });
});

test("a link that is no good lifts no lock", async () => {
  await fail(LOGIN_LIMITS.perAccount);
  await expect(
    resetPassword(stage.ctx, { token: "a-token-that-nobody-was-sent", newPassword: NEW_PASSWORD }),
  ).rejects.toMatchObject({ code: "validation_failed" });
  await expect(signIn(TEST_PASSWORD)).rejects.toMatchObject({ code: "too_many_attempts" });
});

test("an address that has failed too often stays locked after a reset", async () => {
  for (let index = 0; index < LOGIN_LIMITS.perAddress; index += 1) {
    await stage.ctx.throttle.attempt({ email: `${index}-${user.email}`, address }, async () => null);
  }
  await resetByMail();
  await expect(signIn(NEW_PASSWORD)).rejects.toMatchObject({ code: "too_many_attempts" });
});

test("whoever changes their password begins anew as well", async () => {
  const acting = actingAs(stage.ctx, { userId: user.id, tenantId });
  await fail(LOGIN_LIMITS.perAccount - 1);
  await changePassword(acting, { currentPassword: TEST_PASSWORD, newPassword: NEW_PASSWORD, sessionId: null });
  await fail(LOGIN_LIMITS.perAccount - 1);
  await expect(signIn(NEW_PASSWORD)).resolves.toMatchObject({ user: { id: user.id } });
});
