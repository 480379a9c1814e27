import { TEST_PASSWORD, buildTenant, buildUser, type BuiltUser } from "@parley/testing";
import { actingAs } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hashMailToken, mailQueue } from "../mail/index.ts";
import { createMailHandlers } from "../mail-jobs/index.ts";
import { mailJobsOf, openMailStage, refusalOfLink, tokenOf, type MailStage } from "../mail-jobs/mail.fixture.ts";
import { forgetOldResets } from "./forget-old-resets.ts";
import { changePassword } from "./change-password.ts";
import { forgotPassword } from "./forgot-password.ts";
import { login } from "./login.ts";
import { refreshSession } from "./refresh-session.ts";
import { resetPassword } from "./reset-password.ts";

const NEW_PASSWORD = "another-password-2";
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let stage: MailStage;
let ctx: MailStage["ctx"];
let user: BuiltUser;
let tenantId: string;

beforeAll(async () => {
  stage = await openMailStage();
  ctx = stage.ctx;
});
afterAll(() => stage.close());
beforeEach(async () => {
  tenantId = (await buildTenant(ctx)).id;
  user = await buildUser(ctx, { tenantId });
});

/** Somebody asks, and the worker looks into it. */
async function ask(email = user.email): Promise<void> {
  await forgotPassword(ctx, { email });
  await stage.answerRequests();
}

const requests = () => ctx.database.withSystem((tx) => tx.passwordResetRequest.findMany());
const resets = () =>
  ctx.database.withSystem((tx) => tx.passwordReset.findMany({ where: { userId: user.id }, orderBy: { id: "asc" } }));
const jobs = async () => mailJobsOf(ctx, await resets());

/** As the worker does it: the token of the newest request's mail. */
async function readMail(): Promise<string> {
  const newest = (await resets()).at(-1);
  await createMailHandlers(stage.mailContext).send_password_reset({ passwordResetId: newest?.id ?? "" });
  return tokenOf(stage.mailsTo(user.email).at(-1));
}

async function askAndReadMail(): Promise<string> {
  await ask();
  return readMail();
}

const reset = (token: string, newPassword = NEW_PASSWORD) => resetPassword(ctx, { token, newPassword });
const signIn = (password = TEST_PASSWORD) => login(ctx, { email: user.email, password });

describe("asking for a new password", () => {
  test("has one mail sent, whose job knows the link's id and nothing else", async () => {
    await ask();
    expect(await requests()).toEqual([]);
    const [row, ...more] = await resets();
    expect(more).toEqual([]);
    expect(row).toMatchObject({ tokenHash: null, usedAt: null });
    expect(await jobs()).toEqual([
      { id: `password-reset-${row?.id}`, name: "send_password_reset", payload: { passwordResetId: row?.id } },
    ]);
  });

  test("is the same work whether somebody has the e-mail or nobody: a row, and a job that names it", async () => {
    const emails = [user.email, `${newId()}@users.example`];
    for (const email of emails) await expect(forgotPassword(ctx, { email })).resolves.toBeUndefined();
    const asked = await requests();
    expect(asked.map(({ email }) => email).toSorted()).toEqual(emails.toSorted());
    expect(await mailJobsOf(ctx, asked)).toEqual(
      asked.map(({ id }) => ({
        id: `password-reset-request-${id}`,
        name: "answer_reset_request",
        payload: { requestId: id },
      })),
    );
    await stage.answerRequests();
  });

  test("does not look at who there is, so that the time that it takes cannot tell", async () => {
    await ctx.database.withSystem(async (tx) => {
      await tx.$queryRaw`select id from app_user where id = ${user.id}::uuid for update`;
      // On another connection, which would wait for this one.
      await expect(forgotPassword(ctx, { email: user.email })).resolves.toBeUndefined();
    });
    await stage.answerRequests();
  });

  test("leaves nothing of an e-mail that nobody has", async () => {
    const before = await ctx.database.withSystem((tx) => tx.passwordReset.count());
    await ask(`${newId()}@users.example`);
    expect(await ctx.database.withSystem((tx) => tx.passwordReset.count())).toBe(before);
    expect(await requests()).toEqual([]);
  });

  test("is forgotten when nobody could look into it within the hour that a link is good", async () => {
    await forgotPassword(ctx, { email: user.email });
    ctx.clock.advance(60 * MINUTE_MS);
    await stage.answerRequests();
    expect([await resets(), await requests()]).toEqual([[], []]);
  });

  test("is answered after a minute at the earliest, however often and at once somebody asks", async () => {
    await Promise.all(Array.from({ length: 5 }, () => forgotPassword(ctx, { email: user.email })));
    await Promise.all([stage.answerRequests(), stage.answerRequests()]);
    ctx.clock.advance(MINUTE_MS - 1);
    await ask();
    expect(await resets()).toHaveLength(1);
    expect(await jobs()).toHaveLength(1);
    ctx.clock.advance(1);
    await ask();
    expect(await resets()).toHaveLength(2);
    expect(await jobs()).toHaveLength(2);
  });

  test("takes nothing from the links of earlier mails, so that nobody is kept from theirs by somebody else", async () => {
    const first = await askAndReadMail();
    ctx.clock.advance(MINUTE_MS);
    const second = await askAndReadMail();
    await expect(reset(first)).resolves.toBeUndefined();
    await refusalOfLink(reset(second, "yet-another-password"));
  });

  test("all day long fills no mailbox: six mails in a day, and never more than eight hours between them", async () => {
    const TEN_MINUTES_MS = 10 * MINUTE_MS;
    for (let asked = 0; asked < DAY_MS / TEN_MINUTES_MS; asked += 1) {
      await ask();
      ctx.clock.advance(TEN_MINUTES_MS);
    }
    const times = (await resets()).map(({ createdAt }) => createdAt.getTime());
    expect(times).toHaveLength(6);
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...waits)).toBe(8 * 60 * MINUTE_MS);
  });

  test("is possible again at once when the link was used", async () => {
    await reset(await askAndReadMail());
    await ask();
    expect(await resets()).toHaveLength(2);
  });
});

describe("the link in the mail", () => {
  test("sets a new password and ends every session", async () => {
    const sessions = [await signIn(), await signIn()];
    await reset(await askAndReadMail());
    await expect(signIn(NEW_PASSWORD)).resolves.toMatchObject({ user: { id: user.id } });
    await expect(signIn()).rejects.toMatchObject({ code: "invalid_credentials" });
    for (const session of sessions) {
      await expect(refreshSession(ctx, session)).rejects.toMatchObject({ code: "unauthenticated" });
    }
  });

  test("works once", async () => {
    const token = await askAndReadMail();
    await reset(token);
    await refusalOfLink(reset(token, "yet-another-password"));
    await expect(signIn(NEW_PASSWORD)).resolves.toBeDefined();
  });

  test("works for one of several who use it at the same time", async () => {
    const token = await askAndReadMail();
    const passwords = ["first-password-1", "second-password-2", "third-password-3"];
    const outcomes = await Promise.allSettled(passwords.map((password) => reset(token, password)));
    const winners = passwords.filter((_password, index) => outcomes[index]?.status === "fulfilled");
    expect(winners).toHaveLength(1);
    await expect(signIn(winners[0])).resolves.toBeDefined();
  });

  test("works for an hour", async () => {
    const late = await askAndReadMail();
    ctx.clock.advance(60 * MINUTE_MS);
    await refusalOfLink(reset(late));
    const timely = await askAndReadMail();
    ctx.clock.advance(60 * MINUTE_MS - 1);
    await expect(reset(timely)).resolves.toBeUndefined();
  });

  test("is worthless once the password was changed by whoever knows it", async () => {
    const token = await askAndReadMail();
    const acting = actingAs(ctx, { userId: user.id, tenantId });
    const chosen = "chosen-by-its-owner-1";
    await changePassword(acting, { currentPassword: TEST_PASSWORD, newPassword: chosen, sessionId: null });
    await refusalOfLink(reset(token));
    await expect(signIn(chosen)).resolves.toMatchObject({ user: { id: user.id } });
  });

  test("is refused with the same words whether it is unknown, used, void or expired", async () => {
    const replaced = await askAndReadMail();
    ctx.clock.advance(MINUTE_MS);
    const used = await askAndReadMail();
    await reset(used);
    const expired = await askAndReadMail();
    ctx.clock.advance(60 * MINUTE_MS);
    const [unknown, ...others] = [
      await refusalOfLink(reset("a-token-that-nobody-was-sent")),
      await refusalOfLink(reset(used)),
      await refusalOfLink(reset(replaced)),
      await refusalOfLink(reset(expired)),
    ];
    for (const other of others) expect(other).toEqual(unknown);
  });

  test("does not outlive a mail that was sent again", async () => {
    const first = await askAndReadMail();
    // As if the process had died before it wrote down that the mail has left.
    await ctx.database.withSystem((tx) =>
      tx.passwordReset.updateMany({ where: { userId: user.id }, data: { mailedAt: null } }),
    );
    const second = await readMail();
    await refusalOfLink(reset(first));
    await expect(reset(second)).resolves.toBeUndefined();
  });

  test("is written down in the user's companies, as the user's deed", async () => {
    await reset(await askAndReadMail());
    const entries = await ctx.database.withSystem((tx) => tx.auditEntry.findMany({ where: { tenantId } }));
    expect(entries).toMatchObject([
      {
        action: "password.reset",
        actorType: "USER",
        actorId: user.id,
        subjectType: "user",
        subjectId: user.id,
        address: null,
      },
    ]);
  });

  test("has a token that stands nowhere: neither in a table, nor in a job, nor in a log", async () => {
    const token = await askAndReadMail();
    await reset(token);
    const [row] = await resets();
    expect(row?.tokenHash && Buffer.from(row.tokenHash)).toEqual(Buffer.from(hashMailToken(token)));
    const stored = await ctx.database.withSystem(async (tx) => [
      await tx.passwordReset.findMany(),
      await tx.auditEntry.findMany(),
      await tx.outbox.findMany(),
    ]);
    const kept = JSON.stringify([stored, await ctx.jobsOn(mailQueue), stage.logged]);
    expect(kept).not.toContain(token);
    expect(kept).not.toContain(NEW_PASSWORD);
  });
});

test("requests of a month ago are forgotten, others are not", async () => {
  await ask();
  ctx.clock.advance(30 * DAY_MS);
  await ask();
  await forgetOldResets(ctx);
  expect(await resets()).toHaveLength(2);
  ctx.clock.advance(1);
  await forgetOldResets(ctx);
  expect(await resets()).toHaveLength(1);
});
