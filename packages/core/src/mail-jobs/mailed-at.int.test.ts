import { DomainError, newId } from "@parley/runtime";
import { buildTenant, buildUser, waitUntil } from "@parley/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hashMailToken, mailQueue } from "../mail/index.ts";
import { createMailHandlers } from "./mail-handlers.ts";
import { openMailStage, tokenOf, type MailStage } from "./mail.fixture.ts";
import { reconcileMails } from "./reconcile-mails.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

let stage: MailStage;
let email: string;

beforeAll(async () => {
  stage = await openMailStage();
});
afterAll(() => stage.close());
beforeEach(() => {
  email = `${newId()}@users.example`;
});
afterEach(() => stage.onMail(null));

interface MailedRow {
  mailedAt: Date | null;
  tokenHash: Uint8Array | null;
}

/** Something that is to be mailed: how its job is run, and what its row says. */
interface Subject {
  id: string;
  send(): Promise<unknown>;
  read(): Promise<MailedRow>;
}

const handlers = () => createMailHandlers(stage.mailContext);

async function invitation(): Promise<Subject> {
  const { id: tenantId } = await buildTenant(stage.ctx);
  const id = newId();
  const now = stage.ctx.clock.now();
  const expiresAt = new Date(now.getTime() + HOUR_MS);
  await stage.ctx.database.withSystem((tx) =>
    tx.invitation.create({ data: { tenantId, id, email, role: "AGENT", expiresAt, createdAt: now } }),
  );
  return {
    id,
    send: () => handlers().send_invitation({ tenantId, invitationId: id }),
    read: () =>
      stage.ctx.database.withSystem((tx) =>
        tx.invitation.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } }),
      ),
  };
}

async function passwordReset(): Promise<Subject> {
  const { id: userId } = await buildUser(stage.ctx, { email });
  const id = newId();
  const now = stage.ctx.clock.now();
  const expiresAt = new Date(now.getTime() + HOUR_MS);
  await stage.ctx.database.withSystem((tx) =>
    tx.passwordReset.create({ data: { id, userId, expiresAt, createdAt: now } }),
  );
  return {
    id,
    send: () => handlers().send_password_reset({ passwordResetId: id }),
    read: () => stage.ctx.database.withSystem((tx) => tx.passwordReset.findUniqueOrThrow({ where: { id } })),
  };
}

/** The process is gone while the mail is handed over: nothing of its job is done any more. */
async function dieWhileSending(subject: Subject): Promise<void> {
  let began = false;
  stage.onMail(() => {
    began = true;
    return new Promise<never>(() => undefined);
  });
  void subject.send();
  await waitUntil(() => began, "the mail is being handed over");
  stage.onMail(null);
}

const hashIn = (mail: Parameters<typeof tokenOf>[0]) => Buffer.from(hashMailToken(tokenOf(mail)));
const hashOf = async (subject: Subject) => Buffer.from((await subject.read()).tokenHash ?? []);
const jobsOf = async ({ id }: Subject) =>
  (await stage.ctx.jobsOn(mailQueue)).filter((job) => job.id.endsWith(id)).length;

async function reconcileLater(): Promise<void> {
  stage.ctx.clock.advance(MINUTE_MS + 1);
  await reconcileMails(stage.ctx, MINUTE_MS);
}

describe.each([
  ["an invitation", invitation],
  ["a new password", passwordReset],
])("the mail for %s", (_what, make) => {
  test("is written down as mailed once it was taken over, and not before", async () => {
    const subject = await make();
    let before: Date | null = new Date(0);
    stage.onMail(async () => void (before = (await subject.read()).mailedAt));
    await subject.send();
    expect(before).toBeNull();
    expect((await subject.read()).mailedAt).toEqual(stage.ctx.clock.now());
  });

  test("is not sent twice, however often its job runs", async () => {
    const subject = await make();
    await subject.send();
    await subject.send();
    expect(stage.mailsTo(email)).toHaveLength(1);
    expect(await hashOf(subject)).toEqual(hashIn(stage.mailsTo(email)[0]));
  });

  test("is sent again when the process died while it handed it over, and the job was lost too", async () => {
    const subject = await make();
    await dieWhileSending(subject);
    const lost = await hashOf(subject);
    expect(lost).toHaveLength(32);
    expect(await jobsOf(subject)).toBe(0);
    await reconcileLater();
    expect(await jobsOf(subject)).toBe(1);
    await subject.send();
    const [mail] = stage.mailsTo(email);
    expect(await hashOf(subject)).toEqual(hashIn(mail));
    expect(hashIn(mail)).not.toEqual(lost);
  });

  test("is not looked for any more once it has left, or was refused for good", async () => {
    const left = await make();
    await left.send();
    email = `${newId()}@users.example`;
    const refused = await make();
    stage.onMail(() => Promise.reject(new DomainError("validation_failed", "no such mailbox")));
    await expect(refused.send()).rejects.toThrow("no such mailbox");
    await reconcileLater();
    expect([await jobsOf(left), await jobsOf(refused)]).toEqual([0, 0]);
  });

  test("is still to be sent when another token has taken the place of its own meanwhile", async () => {
    const subject = await make();
    stage.onMail(() => dieWhileSending(subject));
    await subject.send();
    const [mail] = stage.mailsTo(email);
    expect(await hashOf(subject)).not.toEqual(hashIn(mail));
    expect((await subject.read()).mailedAt).toBeNull();
    await subject.send();
    expect(await hashOf(subject)).toEqual(hashIn(stage.mailsTo(email)[1]));
  });
});
