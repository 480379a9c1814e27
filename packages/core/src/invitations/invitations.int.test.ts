import type { MembershipRole } from "@parley/db";
import { actingAs } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { TEST_PASSWORD, buildTenant, buildUser, type BuiltUser } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { login } from "../auth/index.ts";
import { claimKey } from "../idempotency/index.ts";
import { createMailHandlers, hashMailToken, mailQueue } from "../mail/index.ts";
import { openMailStage, tokenOf, type MailStage } from "../mail/mail.fixture.ts";
import { acceptInvitation } from "./accept-invitation.ts";
import { createInvitation } from "./create-invitation.ts";
import { forgetOldInvitations } from "./forget-old-invitations.ts";
import { listInvitations } from "./list-invitations.ts";
import { revokeInvitation } from "./revoke-invitation.ts";
import type { InvitationJson } from "./schemas.ts";

const DAY_MS = 24 * 3_600_000;
const PASSWORD = "a-new-password-1";

let stage: MailStage;
let ctx: MailStage["ctx"];
let tenantId: string;
let admin: BuiltUser;
let email: string;

beforeAll(async () => {
  stage = await openMailStage();
  ctx = stage.ctx;
});
afterAll(() => stage.close());
beforeEach(async () => {
  tenantId = (await buildTenant(ctx)).id;
  admin = await buildUser(ctx, { tenantId, role: "ADMIN" });
  email = `${newId()}@users.example`;
});

type Acting = Partial<{ userId: string; role: MembershipRole | null; isSuperAdmin: boolean }>;

const acting = (as: Acting = {}) => actingAs(ctx, { userId: admin.id, tenantId, role: "ADMIN", ...as });
const invite = (role: MembershipRole = "AGENT", as: Acting = {}) => createInvitation(acting(as), { email, role });
const revoke = (id: string, as: Acting = {}) => revokeInvitation(acting(as), { id });
const jobsOf = async (ids: string[]) =>
  (await ctx.jobsOn(mailQueue)).filter(({ id }) => ids.some((each) => id.endsWith(each)));

async function list(status?: InvitationJson["status"]): Promise<InvitationJson[]> {
  return (await listInvitations(acting(), { limit: 50, ...(status && { status }) })).data;
}

/** As the worker does it. */
async function readMail({ id }: { id: string }): Promise<string> {
  await createMailHandlers(stage.mailContext).send_invitation({ tenantId, invitationId: id });
  return tokenOf(stage.mailsTo(email).at(-1));
}

const newcomer = { fullName: "Agent Two", password: PASSWORD };
const accept = (token: string, input: { fullName?: string; password?: string } = newcomer) =>
  acceptInvitation(ctx, { token, ...input });

const roleOf = (userId: string) =>
  ctx.database
    .withSystem((tx) => tx.membership.findUnique({ where: { tenantId_userId: { tenantId, userId } } }))
    .then((membership) => membership?.role ?? null);

const auditOf = (action: string) =>
  ctx.database.withSystem((tx) => tx.auditEntry.findMany({ where: { tenantId, action }, orderBy: { id: "asc" } }));

async function refusalOf(attempt: Promise<unknown>): Promise<unknown> {
  const outcome = await attempt.catch((error: unknown) => error);
  expect(outcome).toMatchObject({ code: "validation_failed", fields: [{ path: "token" }] });
  return outcome;
}

describe("inviting", () => {
  test("makes an invitation for a week, and a job that knows its id and nothing else", async () => {
    const invitation = await invite("MANAGER");
    const now = ctx.clock.now();
    expect(invitation).toEqual({
      id: invitation.id,
      email,
      role: "manager",
      status: "open",
      invitedBy: admin.id,
      expiresAt: new Date(now.getTime() + 7 * DAY_MS).toISOString(),
      createdAt: now.toISOString(),
      acceptedAt: null,
    });
    expect(await jobsOf([invitation.id])).toEqual([
      {
        id: `invitation-${invitation.id}`,
        name: "send_invitation",
        payload: { tenantId, invitationId: invitation.id },
      },
    ]);
  });

  test.each([
    ["ADMIN", "OWNER", "forbidden"],
    ["ADMIN", "ADMIN", null],
    ["OWNER", "OWNER", null],
  ] as const)("as %s to %s is %s", async (role, to, refusal) => {
    const outcome = await invite(to, { role }).then(
      () => null,
      (error: unknown) => error,
    );
    if (refusal) expect(outcome).toMatchObject({ code: refusal });
    else expect(outcome).toBeNull();
    expect(await list()).toHaveLength(refusal ? 0 : 1);
  });

  test.each(["AGENT", "MANAGER"] as const)("is nothing that a role of %s may do", async (role) => {
    await expect(invite("AGENT", { role })).rejects.toMatchObject({ code: "forbidden" });
  });

  test("is open to a SUPER_ADMIN who is no member, for every role", async () => {
    const root = await buildUser(ctx, { isSuperAdmin: true });
    const invitation = await invite("OWNER", { userId: root.id, role: null, isSuperAdmin: true });
    expect(invitation).toMatchObject({ role: "owner", invitedBy: root.id });
    const session = await accept(await readMail(invitation));
    expect(await roleOf(session.user.id)).toBe("OWNER");
  });

  test("a member is a conflict; a member of another company is not", async () => {
    await buildUser(ctx, { tenantId, email });
    await expect(invite()).rejects.toMatchObject({ code: "conflict" });
    email = (await buildUser(ctx, { tenantId: (await buildTenant(ctx)).id })).email;
    await expect(invite()).resolves.toMatchObject({ status: "open" });
  });

  test("somebody again revokes the older invitation, whose link is worthless then", async () => {
    const first = await invite("MANAGER");
    const oldToken = await readMail(first);
    const second = await invite("AGENT");
    expect((await list()).map(({ id, status }) => [id, status])).toEqual([
      [second.id, "open"],
      [first.id, "revoked"],
    ]);
    await refusalOf(accept(oldToken));
    const session = await accept(await readMail(second));
    expect(session.user.role).toBe("agent");
  });

  test("somebody again is possible when the older invitation has expired", async () => {
    await invite();
    ctx.clock.advance(7 * DAY_MS);
    await expect(invite()).resolves.toMatchObject({ status: "open" });
  });

  test("somebody again is refused when the older invitation is to a role above one's own", async () => {
    await invite("OWNER", { role: "OWNER" });
    await expect(invite("AGENT")).rejects.toMatchObject({ code: "forbidden" });
    expect(await list("open")).toMatchObject([{ role: "owner" }]);
  });

  test("the same person at the same time leaves one open invitation", async () => {
    const outcomes = await Promise.allSettled([invite("AGENT"), invite("MANAGER")]);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "conflict" });
    }
    expect(await list("open")).toHaveLength(1);
    const made = outcomes.filter(({ status }) => status === "fulfilled");
    expect(await list()).toHaveLength(made.length);
  });

  test("under an Idempotency-Key happens once", async () => {
    const idempotency = claimKey("invite-1", { method: "POST", path: "/invitations", body: { email } });
    const first = await createInvitation({ ...acting(), idempotency }, { email, role: "AGENT" });
    const second = await createInvitation({ ...acting(), idempotency }, { email, role: "AGENT" });
    expect(second).toEqual(first);
    expect(await list()).toHaveLength(1);
  });

  test("is written down, and so is what it replaces", async () => {
    const first = await invite("AGENT");
    const second = await invite("MANAGER");
    expect(await auditOf("invitation.created")).toMatchObject([
      { actorId: admin.id, subjectType: "invitation", subjectId: first.id, after: { email, role: "agent" } },
      { subjectId: second.id, after: { email, role: "manager" } },
    ]);
    expect(await auditOf("invitation.revoked")).toMatchObject([
      { subjectId: first.id, before: { status: "open" }, after: { status: "revoked" } },
    ]);
  });
});

describe("revoking", () => {
  test("makes the link worthless, and is written down once", async () => {
    const invitation = await invite();
    const token = await readMail(invitation);
    await revoke(invitation.id);
    await revoke(invitation.id);
    await refusalOf(accept(token));
    expect(await list("revoked")).toMatchObject([{ id: invitation.id }]);
    expect(await auditOf("invitation.revoked")).toHaveLength(1);
  });

  test("an accepted one is a conflict", async () => {
    const invitation = await invite();
    await accept(await readMail(invitation));
    await expect(revoke(invitation.id)).rejects.toMatchObject({ code: "conflict" });
  });

  test("one to a role above one's own is forbidden", async () => {
    const { id } = await invite("OWNER", { role: "OWNER" });
    await expect(revoke(id)).rejects.toMatchObject({ code: "forbidden" });
    expect(await list("open")).toMatchObject([{ id }]);
  });

  test("another company's is not found, like nobody's", async () => {
    const { id } = await invite();
    const stranger = await buildTenant(ctx);
    const elsewhere = actingAs(ctx, { userId: newId(), tenantId: stranger.id, role: "OWNER" });
    const [theirs, nobodys] = await Promise.all(
      [id, newId()].map((each) => revokeInvitation(elsewhere, { id: each }).catch((error: unknown) => error)),
    );
    expect(theirs).toMatchObject({ code: "not_found" });
    expect(theirs).toEqual(nobodys);
    expect(await list("open")).toMatchObject([{ id }]);
  });

  test("while it is accepted leaves it either accepted or revoked", async () => {
    const invitation = await invite();
    const token = await readMail(invitation);
    const [accepted, revoked] = await Promise.allSettled([accept(token), revoke(invitation.id)]);
    expect([accepted.status, revoked.status].toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await list(accepted.status === "fulfilled" ? "accepted" : "revoked")).toHaveLength(1);
  });
});

describe("the list", () => {
  test("tells what has become of each, newest first, and can be asked for one status", async () => {
    const expired = await invite();
    ctx.clock.advance(7 * DAY_MS);
    email = `${newId()}@users.example`;
    const revoked = await invite();
    await revoke(revoked.id);
    email = `${newId()}@users.example`;
    const accepted = await invite();
    await accept(await readMail(accepted));
    email = `${newId()}@users.example`;
    const open = await invite();
    const ids = { open: open.id, accepted: accepted.id, revoked: revoked.id, expired: expired.id };
    expect((await list()).map(({ id, status }) => [status, id])).toEqual(Object.entries(ids));
    for (const [status, id] of Object.entries(ids)) {
      expect(await list(status as InvitationJson["status"])).toMatchObject([{ id, status }]);
    }
  });

  test("goes page by page", async () => {
    const made = [];
    for (let count = 0; count < 3; count += 1) {
      email = `${newId()}@users.example`;
      made.unshift((await invite()).id);
    }
    const first = await listInvitations(acting(), { limit: 2 });
    const second = await listInvitations(acting(), { limit: 2, cursor: first.page.nextCursor ?? "" });
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(made);
    expect(second.page.nextCursor).toBeNull();
  });
});

describe("accepting", () => {
  test("makes a user and a member of whoever is new, and signs them in", async () => {
    const invitation = await invite("MANAGER");
    const session = await accept(await readMail(invitation));
    expect(session).toMatchObject({
      user: { email, fullName: "Agent Two", role: "manager", isSuperAdmin: false },
      tenant: { id: tenantId },
    });
    expect(await roleOf(session.user.id)).toBe("MANAGER");
    await expect(login(ctx, { email, password: PASSWORD })).resolves.toMatchObject({ tenant: { id: tenantId } });
    expect(await list("accepted")).toMatchObject([{ acceptedAt: ctx.clock.now().toISOString() }]);
  });

  test.each([
    ["neither name nor password", {}, ["fullName", "password"]],
    ["no name", { password: PASSWORD }, ["fullName"]],
    ["no password", { fullName: "Agent Two" }, ["password"]],
    ["a short password", { fullName: "Agent Two", password: "123456789" }, ["password"]],
  ])("asks a newcomer who gives %s for what is missing, and can be repeated", async (_what, input, paths) => {
    const token = await readMail(await invite());
    const refused = accept(token, input);
    await expect(refused).rejects.toMatchObject({
      code: "validation_failed",
      fields: paths.map((path) => expect.objectContaining({ path })),
    });
    await expect(accept(token)).resolves.toBeDefined();
  });

  test("needs the password of somebody who has an account, and leaves their account as it is", async () => {
    const other = await buildTenant(ctx);
    const user = await buildUser(ctx, { tenantId: other.id, email });
    const token = await readMail(await invite());
    await expect(accept(token, {})).rejects.toMatchObject({
      code: "validation_failed",
      fields: [{ path: "password" }],
    });
    await expect(accept(token, newcomer)).rejects.toMatchObject({ code: "invalid_credentials" });
    expect(await roleOf(user.id)).toBeNull();

    const session = await accept(token, { fullName: "Somebody Else", password: TEST_PASSWORD });
    expect(session).toMatchObject({ user: { id: user.id, fullName: user.fullName }, tenant: { id: tenantId } });
    expect(await roleOf(user.id)).toBe("AGENT");
  });

  test("is refused with the same words whether the token is unknown, used, revoked or expired", async () => {
    const used = await readMail(await invite());
    await accept(used);
    email = `${newId()}@users.example`;
    const invitation = await invite();
    const revoked = await readMail(invitation);
    await revoke(invitation.id);
    const expired = await readMail(await invite());
    ctx.clock.advance(7 * DAY_MS);
    const refusals = [];
    for (const token of ["a-token-that-nobody-was-sent", used, revoked, expired]) {
      refusals.push(await refusalOf(accept(token)));
    }
    for (const refusal of refusals) expect(refusal).toEqual(refusals[0]);
  });

  test("is possible until the last millisecond of the week", async () => {
    const token = await readMail(await invite());
    ctx.clock.advance(7 * DAY_MS - 1);
    await expect(accept(token)).resolves.toBeDefined();
  });

  test("succeeds for one of several who do it at the same time", async () => {
    const token = await readMail(await invite());
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => accept(token)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const members = await ctx.database.withSystem((tx) =>
      tx.membership.count({ where: { tenantId, user: { email } } }),
    );
    expect(members).toBe(1);
  });

  test("of two companies at the same time makes one account", async () => {
    const first = await readMail(await invite());
    const elsewhere = await buildTenant(ctx);
    const owner = await buildUser(ctx, { tenantId: elsewhere.id, role: "OWNER" });
    tenantId = elsewhere.id;
    const second = await readMail(await invite("AGENT", { userId: owner.id, role: "OWNER" }));
    const outcomes = await Promise.allSettled([accept(first), accept(second)]);
    expect(outcomes.some(({ status }) => status === "fulfilled")).toBe(true);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "conflict" });
    }
    // Whoever lost can still accept, with the password that the account has now.
    for (const [index, token] of [first, second].entries()) {
      if (outcomes[index]?.status === "rejected") await accept(token, { password: PASSWORD });
    }
    const users = await ctx.database.withSystem((tx) =>
      tx.user.findMany({ where: { email }, include: { memberships: true } }),
    );
    expect(users.map(({ memberships }) => memberships.length)).toEqual([2]);
  });

  test.each<[string, (inviter: BuiltUser) => Promise<unknown>]>([
    [
      "left the company",
      ({ id: userId }) => ctx.database.withSystem((tx) => tx.membership.deleteMany({ where: { userId } })),
    ],
    [
      "holds less than the role",
      ({ id: userId }) =>
        ctx.database.withSystem((tx) => tx.membership.updateMany({ where: { userId }, data: { role: "AGENT" } })),
    ],
    [
      "works for a company that was closed",
      () => ctx.database.withSystem((tx) => tx.tenant.update({ where: { id: tenantId }, data: { status: "CLOSED" } })),
    ],
  ])("is refused like a void link when the inviter %s meanwhile", async (_what, change) => {
    const token = await readMail(await invite("MANAGER"));
    await change(admin);
    expect(await refusalOf(accept(token))).toEqual(await refusalOf(accept("a-token-that-nobody-was-sent")));
    const users = await ctx.database.withSystem((tx) => tx.user.count({ where: { email } }));
    expect(users).toBe(0);
  });

  test("is possible when the inviter holds less than before, but still the role", async () => {
    const token = await readMail(await invite("AGENT"));
    await ctx.database.withSystem((tx) =>
      tx.membership.updateMany({ where: { userId: admin.id }, data: { role: "AGENT" } }),
    );
    await expect(accept(token)).resolves.toBeDefined();
  });

  test("is a conflict for somebody who became a member by another way, whose role stays", async () => {
    const user = await buildUser(ctx, { email });
    const token = await readMail(await invite("MANAGER"));
    await ctx.database.withSystem((tx) => tx.membership.create({ data: { tenantId, userId: user.id, role: "AGENT" } }));
    await expect(accept(token, { password: TEST_PASSWORD })).rejects.toMatchObject({ code: "conflict" });
    expect(await roleOf(user.id)).toBe("AGENT");
  });

  test("is written down as the deed of whoever joins", async () => {
    const invitation = await invite("MANAGER");
    const session = await accept(await readMail(invitation));
    expect(await auditOf("member.added")).toMatchObject([
      {
        actorType: "USER",
        actorId: session.user.id,
        subjectType: "member",
        subjectId: session.user.id,
        after: { email, role: "manager", invitationId: invitation.id },
        address: "192.0.2.1",
      },
    ]);
  });

  test("leaves the token nowhere: neither in a table, nor in a job, nor in a log", async () => {
    const invitation = await invite();
    const token = await readMail(invitation);
    await accept(token);
    const row = await ctx.database.withSystem((tx) => tx.invitation.findFirst({ where: { id: invitation.id } }));
    expect(row?.tokenHash && Buffer.from(row.tokenHash)).toEqual(Buffer.from(hashMailToken(token)));
    const stored = await ctx.database.withSystem(async (tx) => [
      await tx.invitation.findMany(),
      await tx.auditEntry.findMany(),
      await tx.outbox.findMany(),
      await tx.idempotencyKey.findMany(),
    ]);
    expect(JSON.stringify([stored, await ctx.jobsOn(mailQueue), stage.logged])).not.toContain(token);
  });
});

test("invitations that ended a month ago are forgotten, unless they were accepted", async () => {
  const accepted = await invite();
  await accept(await readMail(accepted));
  email = `${newId()}@users.example`;
  const expired = await invite();
  ctx.clock.advance(37 * DAY_MS);
  await forgetOldInvitations(ctx);
  expect((await list()).map(({ id }) => id)).toEqual([expired.id, accepted.id]);
  ctx.clock.advance(1);
  await forgetOldInvitations(ctx);
  expect((await list()).map(({ id }) => id)).toEqual([accepted.id]);
});
