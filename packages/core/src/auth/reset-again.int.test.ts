import { buildTenant, buildUser, type BuiltUser } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { IdempotencyClaim } from "../context/index.ts";
import { claimKey } from "../idempotency/index.ts";
import { createMailHandlers } from "../mail-jobs/index.ts";
import { openMailStage, tokenOf, type MailStage } from "../mail-jobs/mail.fixture.ts";
import { LOGIN_LIMITS } from "../throttle/index.ts";
import { forgotPassword } from "./forgot-password.ts";
import { login } from "./login.ts";
import { resetPassword } from "./reset-password.ts";

const NEW_PASSWORD = "another-password-2";

let stage: MailStage;
let user: BuiltUser;
let token: string;

beforeAll(async () => {
  stage = await openMailStage();
});

afterAll(() => stage.close());

beforeEach(async () => {
  const { ctx } = stage;
  user = await buildUser(ctx, { tenantId: (await buildTenant(ctx)).id });
  await forgotPassword(ctx, { email: user.email });
  await stage.answerRequests();
  const { id } = await ctx.database.withSystem((tx) =>
    tx.passwordReset.findFirstOrThrow({ where: { userId: user.id } }),
  );
  await createMailHandlers(stage.mailContext).send_password_reset({ passwordResetId: id });
  token = tokenOf(stage.mailsTo(user.email).at(-1));
});

/** A request of its own under one key, as each repetition is. */
async function reset(newPassword = NEW_PASSWORD): Promise<IdempotencyClaim> {
  const body = { token, newPassword };
  const idempotency = claimKey("reset-1", { method: "POST", path: "/api/v1/auth/reset-password", body });
  await resetPassword({ ...stage.ctx, idempotency }, body);
  return idempotency;
}

const signIn = (password: string) => login(stage.ctx, { email: user.email, password });

describe("a reset under an Idempotency-Key", () => {
  test("is answered again although its link is used up, and happens once", async () => {
    expect((await reset()).replayed).toBe(false);
    const { claims } = await signIn(NEW_PASSWORD);
    expect((await reset()).replayed).toBe(true);
    const session = await stage.ctx.database.withSystem((tx) => tx.session.findUnique({ where: { id: claims.sid } }));
    expect(session).toMatchObject({ revokedAt: null });
  });

  test("at once and twice is one", async () => {
    const claims = await Promise.all([reset(), reset()]);
    expect(claims.filter(({ replayed }) => replayed)).toHaveLength(1);
  });

  test("to another password is refused", async () => {
    await reset();
    await expect(reset("a-third-password-3")).rejects.toMatchObject({ code: "idempotency_mismatch" });
    await expect(signIn(NEW_PASSWORD)).resolves.toBeDefined();
  });

  test("lifts the lock of the account the first time only, so that a kept link is no way to go on guessing", async () => {
    await reset();
    for (let failed = 0; failed < LOGIN_LIMITS.perAccount; failed += 1) {
      await expect(signIn("not-the-password")).rejects.toMatchObject({ code: "invalid_credentials" });
    }
    await reset();
    await expect(signIn(NEW_PASSWORD)).rejects.toMatchObject({ code: "too_many_attempts" });
  });
});
