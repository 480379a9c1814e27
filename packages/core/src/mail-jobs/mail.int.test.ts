import { outboxRow } from "@parley/queue";
import { DomainError, newId } from "@parley/runtime";
import { buildTenant, buildUser, waitUntil } from "@parley/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hashMailToken, mailQueue } from "../mail/index.ts";
import { createMailHandlers } from "./mail-handlers.ts";
import { APP_URL, openMailStage, tokenOf, type MailStage } from "./mail.fixture.ts";
import { reconcileMails } from "./reconcile-mails.ts";

const WEEK_MS = 7 * 24 * 3_600_000;
const MINUTE_MS = 60_000;

let stage: MailStage;
let tenantId: string;
let email: string;

beforeAll(async () => {
  stage = await openMailStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  tenantId = (await buildTenant(stage.ctx, { name: "Acme" })).id;
  email = `${newId()}@users.example`;
});
afterEach(() => stage.onMail(null));

interface Overrides {
  acceptedAt?: Date;
  revokedAt?: Date;
  expiresAt?: Date;
}

function invite(overrides: Overrides = {}): Promise<{ id: string }> {
  const now = stage.ctx.clock.now();
  const expiresAt = new Date(now.getTime() + WEEK_MS);
  return stage.ctx.database.withSystem((tx) =>
    tx.invitation.create({
      data: { tenantId, id: newId(), email, role: "MANAGER", expiresAt, createdAt: now, ...overrides },
    }),
  );
}

async function askForReset(overrides: { usedAt?: Date; expiresAt?: Date } = {}): Promise<{ id: string }> {
  const now = stage.ctx.clock.now();
  const { id: userId } = await buildUser(stage.ctx, { email });
  const expiresAt = new Date(now.getTime() + 60 * MINUTE_MS);
  return stage.ctx.database.withSystem((tx) =>
    tx.passwordReset.create({ data: { id: newId(), userId, expiresAt, createdAt: now, ...overrides } }),
  );
}

const handlers = () => createMailHandlers(stage.mailContext);
const sendInvitation = ({ id }: { id: string }) => handlers().send_invitation({ tenantId, invitationId: id });
const sendReset = ({ id }: { id: string }) => handlers().send_password_reset({ passwordResetId: id });

async function hashOf({ id }: { id: string }): Promise<Buffer | null> {
  const { tokenHash } = await stage.ctx.database.withSystem((tx) =>
    tx.invitation.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } }),
  );
  return tokenHash && Buffer.from(tokenHash);
}

const hashIn = (mail: Parameters<typeof tokenOf>[0]) => Buffer.from(hashMailToken(tokenOf(mail)));

describe("an invitation's mail", () => {
  test("says who invites to what until when, and has a link with a token of 256 bits", async () => {
    stage.ctx.clock.set(new Date("2027-03-01T08:30:00Z"));
    await sendInvitation(await invite());
    const [mail] = stage.mailsTo(email);
    expect(mail?.subject).toBe("Acme invites you to Parley");
    expect(mail?.text).toContain("join Acme on Parley as manager");
    expect(mail?.text).toContain("until 2027-03-08 08:30 UTC");
    expect(mail?.text).toContain(`\n${APP_URL}/accept-invitation?token=${tokenOf(mail)}\n`);
    expect(Buffer.from(tokenOf(mail), "base64url")).toHaveLength(32);
  });

  test("leaves only after the hash of its token is there for everybody to see", async () => {
    const invitation = await invite();
    let seen: Buffer | null = null;
    stage.onMail(async () => void (seen = await hashOf(invitation)));
    await sendInvitation(invitation);
    expect(seen).toEqual(hashIn(stage.mailsTo(email)[0]));
  });

  test.each<[string, () => Overrides]>([
    ["revoked", () => ({ revokedAt: stage.ctx.clock.now() })],
    ["accepted", () => ({ acceptedAt: stage.ctx.clock.now() })],
    ["expired", () => ({ expiresAt: stage.ctx.clock.now() })],
  ])("is not sent once it was %s", async (_what, overrides) => {
    const invitation = await invite(overrides());
    await sendInvitation(invitation);
    expect(stage.mailsTo(email)).toEqual([]);
    expect(await hashOf(invitation)).toBeNull();
  });

  test("is not sent for a closed company, nor for an invitation that is gone", async () => {
    const invitation = await invite();
    await stage.ctx.database.withSystem((tx) =>
      tx.tenant.update({ where: { id: tenantId }, data: { status: "CLOSED" } }),
    );
    await sendInvitation(invitation);
    await sendInvitation({ id: newId() });
    expect(stage.mailsTo(email)).toEqual([]);
  });

  test("that could not be handed over leaves no hash, so that it counts as not sent", async () => {
    const invitation = await invite();
    stage.onMail(() => Promise.reject(new Error("the mail server is away")));
    await expect(sendInvitation(invitation)).rejects.toThrow("away");
    expect(await hashOf(invitation)).toBeNull();
  });

  test("that failed does not take away the hash of another one that was sent meanwhile", async () => {
    const invitation = await invite();
    stage.onMail(async () => {
      stage.onMail(null);
      await sendInvitation(invitation);
      throw new Error("the mail server is away");
    });
    await expect(sendInvitation(invitation)).rejects.toThrow("away");
    expect(await hashOf(invitation)).toEqual(hashIn(stage.mailsTo(email)[0]));
  });

  test("that is refused for good is not found waiting again", async () => {
    const invitation = await invite();
    stage.onMail(() => Promise.reject(new DomainError("validation_failed", "no such mailbox")));
    await expect(sendInvitation(invitation)).rejects.toThrow("no such mailbox");
    expect(await hashOf(invitation)).not.toBeNull();
  });
});

describe("the mail for a new password", () => {
  test("has a link that works for an hour, and says what to do if somebody else asked", async () => {
    stage.ctx.clock.set(new Date("2027-03-02T10:00:00Z"));
    const reset = await askForReset();
    await sendReset(reset);
    const [mail] = stage.mailsTo(email);
    expect(mail?.text).toContain(`\n${APP_URL}/reset-password?token=${tokenOf(mail)}\n`);
    expect(mail?.text).toContain("until 2027-03-02 11:00 UTC");
    expect(mail?.text).toContain("ignore this mail");
    const { tokenHash } = await stage.ctx.database.withSystem((tx) =>
      tx.passwordReset.findUniqueOrThrow({ where: { id: reset.id } }),
    );
    expect(tokenHash && Buffer.from(tokenHash)).toEqual(hashIn(mail));
  });

  test.each<[string, () => { usedAt?: Date; expiresAt?: Date }]>([
    ["used", () => ({ usedAt: stage.ctx.clock.now() })],
    ["void or expired", () => ({ expiresAt: stage.ctx.clock.now() })],
  ])("is not sent once it is %s", async (_what, overrides) => {
    await sendReset(await askForReset(overrides()));
    expect(stage.mailsTo(email)).toEqual([]);
  });
});

describe("mails whose jobs were lost", () => {
  test("are enqueued again once they have waited long enough, those only that can still be sent", async () => {
    const invitation = await invite();
    const reset = await askForReset();
    const request = await stage.ctx.database.withSystem((tx) =>
      tx.passwordResetRequest.create({ data: { id: newId(), email, createdAt: stage.ctx.clock.now() } }),
    );
    await invite({ revokedAt: stage.ctx.clock.now() });
    const sent = await buildTenant(stage.ctx).then(({ id }) => {
      tenantId = id;
      return invite();
    });
    await sendInvitation(sent);

    stage.ctx.clock.advance(MINUTE_MS);
    await reconcileMails(stage.ctx, MINUTE_MS);
    const early = await stage.ctx.jobsOn(mailQueue);
    const waiting = [invitation.id, reset.id, request.id];
    expect(early.filter((job) => waiting.some((id) => job.id.endsWith(id)))).toEqual([]);

    stage.ctx.clock.advance(1);
    await reconcileMails(stage.ctx, MINUTE_MS);
    await reconcileMails(stage.ctx, MINUTE_MS);
    const ids = (await stage.ctx.jobsOn(mailQueue)).map(({ id }) => id);
    expect(ids.filter((id) => id.endsWith(invitation.id))).toEqual([`invitation-${invitation.id}`]);
    expect(ids.filter((id) => id.endsWith(reset.id))).toEqual([`password-reset-${reset.id}`]);
    expect(ids.filter((id) => id.endsWith(request.id))).toEqual([`password-reset-request-${request.id}`]);
    expect(ids.filter((id) => id.endsWith(sent.id))).toEqual([]);
  });
});

async function enqueue({ id }: { id: string }): Promise<void> {
  const row = outboxRow(mailQueue, "send_invitation", { tenantId, invitationId: id });
  await stage.ctx.database.withTenant(tenantId, (tx) => stage.ctx.outbox.enqueue(tx, [row]));
}

describe("on the queue", () => {
  beforeAll(() => stage.startWorker());

  test("a mail that fails is tried again until it leaves, and neither log nor job knows its token", async () => {
    const invitation = await invite();
    const tokens: string[] = [];
    stage.onMail(async (mail) => {
      if (mail.to !== email) return;
      tokens.push(tokenOf(mail));
      if (tokens.length === 1) throw new Error("the mail server is away");
    });
    await enqueue(invitation);
    await waitUntil(() => stage.mailsTo(email).length === 1, "the mail has left");
    expect(tokens).toHaveLength(2);
    expect(tokenOf(stage.mailsTo(email)[0])).toBe(tokens[1]);
    const told = stage.logged.join("\n");
    expect(told).toContain(`invitation-${invitation.id}`);
    for (const token of tokens) expect(told).not.toContain(token);
  });

  test("a mail that is refused for good is left in the failed set at once", async () => {
    const invitation = await invite();
    stage.onMail(async ({ to }) => {
      if (to === email) throw new DomainError("validation_failed", "The mail server refuses the mail.");
    });
    await enqueue(invitation);
    const queue = stage.ctx.publisher.queues().find(({ name }) => name === mailQueue.name);
    const jobId = `invitation-${invitation.id}`;
    await waitUntil(async () => (await queue?.getJobState(jobId)) === "failed", "the job has failed");
    const job = await queue?.getJob(jobId);
    expect(job?.attemptsMade).toBe(1);
    expect(job?.data).toEqual({ tenantId, invitationId: invitation.id });
    expect(stage.mailsTo(email)).toEqual([]);
  });
});
